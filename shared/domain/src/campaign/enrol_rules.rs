//! Whether a lead may be enrolled in a campaign, and why not.

use crate::campaign::calendar::Calendar;
use crate::campaign::enrol_progress::EnrolOutcome;
use crate::campaign::{Campaign, CampaignState};
use crate::contact::channel::Channel;
use crate::lead::do_not_contact::{ContactBar, bar_of_person};
use crate::lead::enrichment::Deliverability;
use crate::lead::suppression::Suppression;
use crate::lead::{Lead, MAX_ACTIVE_ENROLMENTS};
use crate::planning::eligibility::step_closed;
use crate::planning::send_window::{hours_for, is_closed_by_unknown_zone};
use crate::sequence::compiled_texts::Texts;
use crate::sequence::{SequenceVersion, Step};
use crate::workspace::Company;
use jiff::Timestamp;

use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnrolRefusal {
    #[error("the campaign is completed or archived")]
    CampaignOver,
    #[error("the lead is already in this campaign")]
    AlreadyActive,
    #[error("a lead is in at most {MAX_ACTIVE_ENROLMENTS} campaigns at a time")]
    TooMany,
    #[error("the lead is active in another campaign")]
    InOtherCampaign,
    #[error("the lead is marked as do not contact")]
    DoNotContact,
    #[error("the lead may have opted out, and no user has decided yet")]
    PossibleOptOut,
    #[error("the lead's address or number is suppressed")]
    Suppressed,
    #[error("no step of the sequence can reach the lead")]
    Unreachable,
    #[error("the sequence has no steps")]
    NoSteps,
    #[error("the sending window never overlaps the account's sending hours and the lead's daytime")]
    WindowNeverOpens,
    #[error("a step needs an account, and the campaign has none for its channel")]
    NoMailbox,
    #[error("the workspace has no company name or postal address, which every e-mail must carry")]
    NoPostalAddress,
    #[error("the campaign writes to verified addresses only, and the lead's is not verified")]
    Unverified,
    #[error("a text needs '{field}', and the lead has no value for it")]
    MissingValue { field: String },
}

impl EnrolRefusal {
    pub fn code(&self) -> &'static str {
        match self {
            Self::CampaignOver => "campaign_over",
            Self::AlreadyActive => "already_active",
            Self::TooMany => "too_many_campaigns",
            Self::InOtherCampaign => "in_other_campaign",
            Self::DoNotContact => "do_not_contact",
            Self::PossibleOptOut => "possible_opt_out",
            Self::Suppressed => "suppressed",
            Self::Unreachable => "unreachable",
            Self::NoSteps => "no_steps",
            Self::WindowNeverOpens => "window_never_opens",
            Self::NoMailbox => "no_mailbox",
            Self::NoPostalAddress => "no_postal_address",
            Self::Unverified => "unverified",
            Self::MissingValue { .. } => "missing_value",
        }
    }
}

impl From<EnrolRefusal> for EnrolOutcome {
    fn from(refusal: EnrolRefusal) -> Self {
        match refusal {
            EnrolRefusal::CampaignOver => Self::CampaignOver,
            EnrolRefusal::AlreadyActive => Self::Already,
            EnrolRefusal::TooMany => Self::TooManyCampaigns,
            EnrolRefusal::InOtherCampaign => Self::InOtherCampaign,
            EnrolRefusal::DoNotContact => Self::DoNotContact,
            EnrolRefusal::PossibleOptOut => Self::PossibleOptOut,
            EnrolRefusal::Suppressed => Self::Suppressed,
            EnrolRefusal::Unreachable | EnrolRefusal::NoSteps => Self::Unreachable,
            EnrolRefusal::WindowNeverOpens => Self::WindowNeverOpens,
            EnrolRefusal::NoMailbox => Self::NoMailbox,
            EnrolRefusal::NoPostalAddress => Self::NoPostalAddress,
            EnrolRefusal::Unverified => Self::Unverified,
            EnrolRefusal::MissingValue { .. } => Self::MissingValue,
        }
    }
}

/// The outcome, or the expected outcome, for a lead that was to be enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub outcome: EnrolOutcome,
    /// The first missing merge field, if that is the outcome.
    pub lacks: Option<String>,
}

impl From<EnrolOutcome> for Entry {
    fn from(outcome: EnrolOutcome) -> Self {
        Self { outcome, lacks: None }
    }
}

impl From<EnrolRefusal> for Entry {
    fn from(refusal: EnrolRefusal) -> Self {
        let lacks = match &refusal {
            EnrolRefusal::MissingValue { field } => Some(field.clone()),
            _ => None,
        };
        Self { outcome: refusal.into(), lacks }
    }
}

/// The campaign that a lead would be enrolled in, with all that the rules need.
#[derive(Debug, Clone, Copy)]
pub struct Entrance<'a> {
    pub campaign: &'a Campaign,
    pub version: &'a SequenceVersion,
    pub calendar: &'a Calendar,
    /// Channels for which the campaign has an account that exists and is switched on.
    pub senders: &'a BTreeSet<Channel>,
    /// None for a draft: the launch checks the company's details.
    pub company: Option<&'a Company>,
    /// None if a user chose to enrol leads with missing values too.
    pub texts: Option<&'a Texts<'a>>,
}

/// The steps that address the lead (message or task) and can reach them.
pub fn reaching<'a>(
    steps: &'a [Step],
    lead: &Lead,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Vec<&'a Step> {
    let reaches =
        |step: &&Step| step.kind.is_touch() && step_closed(lead, &step.kind, suppressions, now).is_none();
    steps.iter().filter(reaches).collect()
}

pub fn may_enrol(
    lead: &Lead,
    entrance: Entrance<'_>,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Result<(), EnrolRefusal> {
    let Entrance { campaign, version, calendar, senders, company, texts } = entrance;
    if matches!(campaign.state, CampaignState::Completed | CampaignState::Archived) {
        return Err(EnrolRefusal::CampaignOver);
    }
    if lead.active.contains(&campaign.id) {
        return Err(EnrolRefusal::AlreadyActive);
    }
    if lead.active.len() >= MAX_ACTIVE_ENROLMENTS {
        return Err(EnrolRefusal::TooMany);
    }
    if calendar.caps.one_campaign && !lead.active.is_empty() {
        return Err(EnrolRefusal::InOtherCampaign);
    }
    match bar_of_person(lead, suppressions, &calendar.endings, now) {
        Some(ContactBar::DoNotContact) => return Err(EnrolRefusal::DoNotContact),
        Some(ContactBar::MayHaveOptedOut(_)) => return Err(EnrolRefusal::PossibleOptOut),
        Some(_) => return Err(EnrolRefusal::Suppressed),
        None => {}
    }
    if version.steps.is_empty() {
        return Err(EnrolRefusal::NoSteps);
    }
    let steps = reaching(&version.steps, lead, suppressions, now);
    if steps.is_empty() {
        return Err(EnrolRefusal::Unreachable);
    }
    let channels: BTreeSet<Channel> = steps.iter().filter_map(|step| step.kind.channel()).collect();
    if !channels.is_subset(senders) {
        return Err(EnrolRefusal::NoMailbox);
    }
    let mailed = channels.contains(&Channel::Email);
    if mailed && company.is_some_and(|company| company.lacks_for_mail().is_some()) {
        return Err(EnrolRefusal::NoPostalAddress);
    }
    let verified = lead.deliverability == Some(Deliverability::Deliverable);
    if campaign.only_verified && mailed && !verified {
        return Err(EnrolRefusal::Unverified);
    }
    let hours = hours_for(lead, campaign, version, calendar);
    // A step that only an unknown zone closes is held when it is due: the zone may be known by then.
    let opens = |step: &Step| {
        is_closed_by_unknown_zone((lead, step), campaign, version, calendar, now)
            || hours.clone().for_step(&step.kind, calendar, None).next(now).is_some()
    };
    if !steps.iter().all(|step| opens(step)) {
        return Err(EnrolRefusal::WindowNeverOpens);
    }
    match texts.and_then(|texts| texts.missing(&steps, lead, &campaign.id)) {
        Some(field) => Err(EnrolRefusal::MissingValue { field }),
        None => Ok(()),
    }
}
