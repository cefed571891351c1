//! The entries of a lead's timeline that are stored as such.

use domain::campaign::enrol_progress::EnrolOutcome;
use domain::contact::channel::Channel;
use domain::deal::DealNews;
use domain::event::UserOrKey;
use domain::lead::consent::ConsentBasis;
use domain::lead::engagement::{Action, Verdict};
use domain::lead::meeting::MeetingNews;
use domain::lead::stage::{LostReasonId, StageId};
use domain::lead::verdict::{Rule, Traits};
use domain::{CampaignId, ClientId, DealId, LeadId, MessageId, RuleId};
use jiff::Timestamp;
use jiff::civil::Date;

#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// The entry's id, unique within the lead; the id of the event that caused it where there is one.
    pub id: String,
    pub at: Timestamp,
    pub kind: ActivityKind,
    /// The user or program that did it by hand.
    pub actor: Option<UserOrKey>,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ActivityKind {
    Engaged(Box<Engaged>),
    TurnedHot {
        views: u32,
    },
    StatusChanged {
        from: StageId,
        to: StageId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lost_reason: Option<LostReasonId>,
    },
    Note {
        text: String,
    },
    Suppressed {
        reason: domain::lead::suppression::SuppressionReason,
    },
    Paid {
        amount_minor: i64,
        currency: domain::money::Currency,
        /// The client that paid; none in entries from before it was noted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<ClientId>,
    },
    /// A promised payment did not come.
    PaymentFailed {
        amount_minor: i64,
        currency: domain::money::Currency,
    },
    /// A meeting was booked at the booking link, or called off there.
    Meeting {
        title: String,
        starts_at: Timestamp,
        news: MeetingNews,
    },
    /// A payment is disputed, or the dispute was decided.
    Disputed {
        amount_minor: i64,
        currency: domain::money::Currency,
        outcome: domain::revenue::dispute::DisputeOutcome,
    },
    /// A subscription is cancelled and runs until then; none if it goes on after all.
    SubscriptionEnding {
        ends_at: Option<Timestamp>,
    },
    /// The lead was deleted, and brought back.
    Restored {
        deleted_at: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deleted_by: Option<UserOrKey>,
    },
    /// Another lead was merged into this one.
    Merged {
        lead: LeadId,
        name: String,
    },
    /// A deal of the lead was added, changed its value, was closed or opened.
    Deal {
        deal: DealId,
        name: String,
        news: DealNews,
    },
    /// A merge was undone: the two are separate leads again.
    Unmerged {
        lead: LeadId,
        name: String,
    },
    RuleCarriedOut {
        rule: RuleId,
        name: String,
        effects: Vec<RuleEffect>,
    },
    /// The recorded consent for a channel was changed.
    ConsentChanged {
        channel: Channel,
        from: Option<ConsentBasis>,
        to: Option<ConsentBasis>,
        /// The day on which the lead agreed.
        on: Option<Date>,
        note: Option<String>,
    },
}

/// A visit with its verdict, the rule that gave it, and all that is needed to judge it again.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Engaged {
    pub action: Action,
    pub verdict: Verdict,
    pub rule: Rule,
    /// The program or network that the rule recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    pub message: Option<MessageId>,
    pub traits: Traits,
    /// The time between sending and the visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_after_sending: Option<i64>,
}

/// The result of one action of a trigger rule.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "did")]
pub enum RuleEffect {
    Stopped,
    Enrolled {
        campaign: CampaignId,
        outcome: EnrolOutcome,
    },
    TaskCreated {
        title: String,
    },
    FollowUpSet {
        at: Timestamp,
        note: String,
    },
    /// The lead has a follow-up date already, which stays.
    FollowUpKept {
        at: Timestamp,
    },
    /// The lead takes no follow-ups: it is lost, or must not be contacted.
    NoFollowUp,
    Notified,
}
