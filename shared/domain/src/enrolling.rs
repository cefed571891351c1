//! Whether a lead may be enrolled in a campaign, and why not.

use crate::calendar::Calendar;
use crate::campaign::{Campaign, CampaignState};
use crate::lead::{Lead, MAX_ACTIVE_ENROLMENTS};
use crate::planner::hours_for;
use crate::reach::step_closed;
use crate::sequence::SequenceVersion;
use crate::step_kind::StepKind;
use crate::suppression::{Suppression, SuppressionReason};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrolRefusal {
    #[error("the campaign is completed or archived")]
    CampaignOver,
    #[error("the lead is in this campaign already")]
    AlreadyActive,
    #[error("a lead is in at most {MAX_ACTIVE_ENROLMENTS} campaigns at a time")]
    TooMany,
    #[error("the lead is under way in another campaign")]
    InOtherCampaign,
    #[error("the lead is marked do-not-contact")]
    DoNotContact,
    #[error("the lead's address or number is suppressed")]
    Suppressed,
    #[error("no step of the sequence can reach the lead")]
    Unreachable,
    #[error("the sequence has no steps")]
    NoSteps,
    #[error("the sending window never opens, or never while the sender works and the lead is awake")]
    WindowNeverOpens,
}

impl EnrolRefusal {
    pub fn code(self) -> &'static str {
        match self {
            Self::CampaignOver => "campaign_over",
            Self::AlreadyActive => "already_active",
            Self::TooMany => "too_many_campaigns",
            Self::InOtherCampaign => "in_other_campaign",
            Self::DoNotContact => "do_not_contact",
            Self::Suppressed => "suppressed",
            Self::Unreachable => "unreachable",
            Self::NoSteps => "no_steps",
            Self::WindowNeverOpens => "window_never_opens",
        }
    }
}

/// What became of one lead that was to be enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EnrolOutcome {
    Enrolled,
    /// Is, or was, in this campaign.
    Already,
    NoSuchLead,
    DoNotContact,
    Suppressed,
    /// No step has a channel that reaches the lead.
    Unreachable,
    /// Under way in twenty campaigns.
    TooManyCampaigns,
    /// Under way in another campaign, and the workspace wants one at a time.
    InOtherCampaign,
    /// The campaign is completed or archived.
    CampaignOver,
    /// The sending window never opens.
    WindowNeverOpens,
    /// Is already where the sequence is meant to lead.
    GoalReached,
    /// Others changed the lead again and again: try later.
    Busy,
}

impl From<EnrolRefusal> for EnrolOutcome {
    fn from(refusal: EnrolRefusal) -> Self {
        match refusal {
            EnrolRefusal::CampaignOver => Self::CampaignOver,
            EnrolRefusal::AlreadyActive => Self::Already,
            EnrolRefusal::TooMany => Self::TooManyCampaigns,
            EnrolRefusal::InOtherCampaign => Self::InOtherCampaign,
            EnrolRefusal::DoNotContact => Self::DoNotContact,
            EnrolRefusal::Suppressed => Self::Suppressed,
            EnrolRefusal::Unreachable | EnrolRefusal::NoSteps => Self::Unreachable,
            EnrolRefusal::WindowNeverOpens => Self::WindowNeverOpens,
        }
    }
}

pub fn may_enrol(
    lead: &Lead,
    campaign: &Campaign,
    version: &SequenceVersion,
    calendar: &Calendar,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Result<(), EnrolRefusal> {
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
    if lead.do_not_contact {
        return Err(EnrolRefusal::DoNotContact);
    }
    let in_force = |s: &&Suppression| s.expires_at.is_none_or(|end| end > now);
    if suppressions.iter().filter(in_force).any(|s| s.reason != SuppressionReason::HardBounce) {
        return Err(EnrolRefusal::Suppressed);
    }
    if version.steps.is_empty() {
        return Err(EnrolRefusal::NoSteps);
    }
    let reaches = |kind: &&StepKind| kind.is_touch() && step_closed(lead, kind, suppressions, now).is_none();
    let mut kinds = version.steps.iter().map(|step| &step.kind).filter(reaches).peekable();
    if kinds.peek().is_none() {
        return Err(EnrolRefusal::Unreachable);
    }
    let hours = hours_for(lead, campaign, version, calendar);
    let opens = |kind: &StepKind| hours.clone().for_step(kind, calendar, None).next(now).is_some();
    if kinds.all(opens) { Ok(()) } else { Err(EnrolRefusal::WindowNeverOpens) }
}
