//! A workspace (a tenant): the company that sends, and its settings.

pub mod access_record;
pub mod account;
pub mod account_fault;
pub mod api_key;
pub mod call;
pub mod call_cost;
pub mod call_queue;
pub mod call_rules;
pub mod digest;
pub mod identity;
pub mod invitation;
pub mod lead_access;
pub mod login;
pub mod mailbox_proposal;
pub mod mailbox_push;
pub mod mailbox_reading;
pub mod notification;
pub mod notification_choices;
pub mod own_addresses;
pub mod own_phone;
pub mod passkey;
pub mod preview_page;
pub mod push;
pub mod recording;
pub mod reply_path;
pub mod second_factor;
pub mod slack_channel;
pub mod target;
pub mod task;
pub mod task_plan;
pub mod topic_arn;
pub mod tracking;
pub mod tracking_domain;
pub mod tracking_law;
pub mod user;
pub mod web_push;
pub mod webhook_public_key;

use crate::capacity::contact_caps::Caps;
use crate::contact::country::Country;
use crate::enrolment::late_rule::WhenLate;
use crate::ids::{LeadId, WorkspaceId};
use crate::lead::consent::policy::{ConsentPolicy, ConsentStrictness};
use crate::lead::suppression::Endings;
use crate::message::price::Prices;
use crate::money::Currency;
use crate::time::days_off::{DayOff, DaysOff};
use crate::time::time_zone::ZoneName;
use crate::time::wall_clock::first_instant;
use crate::workspace::call_rules::CallRules;
use crate::workspace::lead_access::LeadAccess;
use crate::workspace::recording::RecordingRules;
use crate::workspace::tracking::Tracking;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

/// The hour of the workspace's clock at which work that is planned for a working day is due.
const MORNING_HOUR: i8 = 9;

#[derive(Debug, Clone)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: String,
    pub company: Company,
    pub default_country: Country,
    pub default_zone: ZoneName,
    pub currency: Currency,
    /// Off: no opening lines are written, and templates use their default text.
    pub ai_enabled: bool,
    /// Whether answers that the rules are not sure of are given to a model. Off at first, because they are people's words.
    pub ai_reads_answers: bool,
    /// Whether a model drafts an answer when a lead has written. Off at first, for the same reason; nothing is sent by it.
    pub ai_drafts_answers: bool,
    pub enrichment_enabled: bool,
    pub tracking: Tracking,
    /// How the company sounds; given to the model as style, never as fact.
    pub house_voice: String,
    pub sending: Sending,
    pub when_uncertain: WhenUncertain,
    pub when_late: WhenLate,
    pub endings: Endings,
    /// What is asked of a lead's consent before a campaign or a bulk message writes to it.
    pub consent: ConsentStrictness,
    /// The number of days for which a reply holds the other leads of its company; 0 holds none.
    pub company_hold_days: u8,
    /// Days off besides the public holidays where a lead is, in order of date.
    pub days_off: Vec<DayOff>,
    /// The leads that users see, and the teams.
    pub lead_access: LeadAccess,
    pub calls: CallRules,
    pub recording: RecordingRules,
    /// Whether a member without a second factor has to set one up before anything else.
    pub two_steps_required: bool,
    pub caps: Caps,
    pub prices: Prices,
    pub created_at: Timestamp,
    pub rev: u64,
}

impl Workspace {
    /// The policy by which a lead's consent is judged.
    pub fn consent_policy(&self) -> ConsentPolicy {
        ConsentPolicy { strictness: self.consent, home: Some(self.default_country) }
    }

    /// The morning of the working day so many working days after this time, on the workspace's clock.
    pub fn working_morning_after(&self, at: Timestamp, working_days: u8) -> Option<Timestamp> {
        let zone = self.default_zone.zone();
        let off = DaysOff::in_country(self.default_country, &self.days_off);
        let day = off.working_day_after(zone.to_datetime(at).date(), working_days)?;
        first_instant(&zone, day.at(MORNING_HOUR, 0, 0, 0))
    }
}

/// The company details that messages and public pages show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Company {
    pub name: String,
    pub postal_address: String,
    pub website: Option<String>,
    pub sender_name: String,
    /// The preview page's offer: a headline, a pitch and the call to action.
    pub offer_headline: String,
    pub offer_text: String,
    pub booking_url: Option<String>,
    pub payment_url: Option<String>,
}

impl Company {
    /// The first missing field that the law requires in every unsolicited mail, and why it is needed.
    pub fn lacks_for_mail(&self) -> Option<(&'static str, &'static str)> {
        let needed = [
            ("company.name", &self.name, "is required: every e-mail must say who sends it"),
            ("company.postal_address", &self.postal_address, "is required by law in every e-mail"),
        ];
        let missing = needed.into_iter().find(|(_, text, _)| text.trim().is_empty());
        missing.map(|(field, _, why)| (field, why))
    }

    /// The booking link for one lead. Where the service gives an id back with the booking, the link carries the lead's, so
    /// that a meeting is known even if it is booked from another address.
    pub fn booking_link(&self, lead: &LeadId) -> Option<String> {
        let link = self.booking_url.clone()?;
        let Ok(mut url) = Url::parse(&link) else { return Some(link) };
        let field = match url.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host)) {
            Some("cal.com" | "app.cal.com") => "metadata[lead]",
            Some("calendly.com") => "utm_content",
            _ => return Some(link),
        };
        url.query_pairs_mut().append_pair(field, lead.as_str());
        Some(url.into())
    }
}

/// The handling of a message whose outcome could not be found out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhenUncertain {
    /// It is held for a user to decide: no lead gets it twice.
    #[default]
    Hold,
    /// It is sent again: no lead misses it, but some may get it twice.
    Resend,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Sending {
    Running,
    /// Sending is stopped: nothing is claimed any more 10 s after `since`. It resumes automatically at `until`.
    Stopped {
        since: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
}

impl Sending {
    /// Stops sending; if it is stopped already only the end changes.
    #[must_use]
    pub fn stop(self, until: Option<Timestamp>, now: Timestamp) -> Self {
        match self {
            Self::Running => Self::Stopped { since: now, until },
            Self::Stopped { since, .. } => Self::Stopped { since, until },
        }
    }

    /// When sending runs; none if a user has to start it.
    pub fn runs_from(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Running => Some(now),
            Self::Stopped { until, .. } => until,
        }
    }

    /// Whether this end makes sending resume sooner than the present end does, which needs the right to start it.
    pub fn would_end_sooner(self, until: Option<Timestamp>) -> bool {
        match self {
            Self::Running => false,
            Self::Stopped { until: before, .. } => {
                until.is_some_and(|until| before.is_none_or(|before| until < before))
            }
        }
    }
}

#[cfg(test)]
mod tests;
