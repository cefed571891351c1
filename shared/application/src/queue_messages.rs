//! What travels through the queues: imperative, small, ids only. One queue, one consumer, one message type.

use domain::campaign::enrol_progress::Outcomes;
use domain::capacity::quota::SendingLimits;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::pause::PausedScope;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::resume_order::Resumption;
use domain::message::bulk_message::MailingCounts;
use domain::{ConnectionId, ImportId, LeadId, MailingId, MessageId, RolloutId, SequenceId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    Imports,
    Enrolments,
    Enrichment,
    Ai,
    Send,
    Inbound,
}

impl Queue {
    pub const ALL: [Self; 6] =
        [Self::Imports, Self::Enrolments, Self::Enrichment, Self::Ai, Self::Send, Self::Inbound];

    /// The word in logical ids and environment variables: `imports` → `ImportsQueue`, `IMPORTS_QUEUE_URL`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Imports => "imports",
            Self::Enrolments => "enrolments",
            Self::Enrichment => "enrichment",
            Self::Ai => "ai",
            Self::Send => "send",
            Self::Inbound => "inbound",
        }
    }
}

pub trait QueueMessage: Serialize + serde::de::DeserializeOwned + Send + Sync {
    const QUEUE: Queue;
}

macro_rules! on_queue {
    ($($message:ident => $queue:ident),+ $(,)?) => { $(impl QueueMessage for $message { const QUEUE: Queue = Queue::$queue; })+ };
}

on_queue!(ImportLeads => Imports, EnrolLeads => Enrolments, EnrichLead => Enrichment, PersonalizeLead => Ai, SendMessage => Send, IngestEvent => Inbound);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum ImportLeads {
    /// Rows of one chunk, in order: the next chunk's message is sent when this one is done.
    Commit { workspace: WorkspaceId, import: ImportId, chunk: u32 },
    /// The chunk has more rows than one message takes: the next of them.
    Continue { workspace: WorkspaceId, import: ImportId, chunk: u32, part: u32 },
    /// Counts what a commit would do.
    Check { workspace: WorkspaceId, import: ImportId },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum EnrolLeads {
    /// Enrols leads in a campaign, page by page.
    Enrol {
        workspace: WorkspaceId,
        campaign: domain::CampaignId,
        job: String,
        cursor: Option<String>,
        /// Of the pages before.
        #[serde(default)]
        outcomes: Outcomes,
    },
    /// Gives every pending or held enrolment of a launched or resumed campaign its next time, page by page.
    Schedule {
        workspace: WorkspaceId,
        campaign: domain::CampaignId,
        cursor: Option<String>,
        /// Once more, for those whom the lists did not show yet.
        #[serde(default)]
        second: bool,
        /// The pause that is over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resumed: Option<Resumption>,
    },
    /// An evergreen campaign looks at who matches and is not in yet.
    TakeIn { workspace: WorkspaceId, campaign: domain::CampaignId },
    /// Looks at what would come of a campaign.
    Simulate { workspace: WorkspaceId, campaign: domain::CampaignId, simulation: String },
    /// What was paused until then goes on by itself.
    Resume { workspace: WorkspaceId, what: PausedScope, until: Timestamp },
    /// Removes what is left of a lead whose deletion broke off.
    Erase { workspace: WorkspaceId, lead: LeadId },
    /// This lead has answered: the others of their company wait, page by page.
    HoldCompany { workspace: WorkspaceId, lead: LeadId, cursor: Option<String> },
    /// A value of this lead was filled in: who is held for lack of one goes on.
    ReleaseLead { workspace: WorkspaceId, lead: LeadId },
    /// Lets go everybody in the campaign who is held for this reason, page by page.
    Release {
        workspace: WorkspaceId,
        campaign: domain::CampaignId,
        reason: HoldReason,
        /// When it was ordered.
        at: Timestamp,
        cursor: Option<String>,
    },
    /// Queues a message to many, page by page.
    Write {
        workspace: WorkspaceId,
        mailing: MailingId,
        cursor: Option<String>,
        /// Of the pages before.
        counts: MailingCounts,
    },
    /// Gives a version to its campaigns and to those who are under way in them, page by page.
    RollOut { workspace: WorkspaceId, sequence: SequenceId, rollout: RolloutId, sweep: Sweep },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrichLead {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    /// Ask again even where a result is known.
    pub force: bool,
    #[serde(default)]
    pub attempt: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalizeLead {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    pub force: bool,
    #[serde(default)]
    pub attempt: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "send")]
pub enum SendMessage {
    Step {
        enrolment: EnrolmentKey,
        turn: u16,
        due: Timestamp,
        /// Taken for it already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<Slot>,
    },
    /// A message outside every sequence that is queued, or of which nobody knows whether it went out.
    OneOff {
        workspace: WorkspaceId,
        message: MessageId,
        /// Now, if left out.
        #[serde(default)]
        due: Timestamp,
        /// Taken for it already, where it is one of many.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<Slot>,
    },
    /// Somebody asks for a new password. The address is sealed: whose it is, and whether it is anybody's, is found out here.
    ForgottenPassword { sealed: String, at: Timestamp },
    /// The link of an invitation, its token sealed.
    Invitation { sealed: String, at: Timestamp },
}

/// When an account with limits may be called for a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub sender: ConnectionId,
    pub at: Timestamp,
    /// It was given to a first message.
    pub opening: bool,
    /// What the account was allowed then. Under tighter limits it is no slot.
    pub limits: SendingLimits,
}

/// Something from outside, verified but not yet understood, or a piece of due work about a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ingest")]
pub enum IngestEvent {
    Webhook {
        workspace: WorkspaceId,
        connection: domain::ConnectionId,
        kind: domain::workspace::account::ConnectionKind,
        /// Its account's when it came, which may have others by now, or be gone; without them it is read as the account's that
        /// is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        settings: Option<Box<domain::workspace::account::ConnectionSettings>>,
        received_at: Timestamp,
        /// Unique per provider event: repeats change nothing.
        event_id: String,
        body: Payload,
    },
    Tracked {
        workspace: WorkspaceId,
        lead: LeadId,
        message: Option<MessageId>,
        event_id: String,
        action: domain::lead::engagement::Action,
        user_agent: String,
        /// Keyed hash of the caller's network address.
        network: String,
        method: String,
        /// Its headers said that nobody looks yet.
        #[serde(default)]
        prefetch: bool,
        /// From a browser in which somebody of the workspace is signed in.
        #[serde(default)]
        own_team: bool,
        at: Timestamp,
    },
    Unsubscribed {
        workspace: WorkspaceId,
        lead: LeadId,
        message: Option<MessageId>,
        /// Where it went, if the link says so.
        #[serde(default)]
        to: Option<EmailAddress>,
        event_id: String,
        at: Timestamp,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payload {
    Inline(String),
    /// The bucket's key, for what is larger than 64 KB.
    Blob(String),
}

/// Where a sweep through everybody has come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sweep {
    pub number: u32,
    /// Of the rollout's campaigns, of the lists, within the list.
    pub campaign: usize,
    pub list: usize,
    pub cursor: Option<String>,
    /// Whom it has moved, and whom it could not move because a send was under way.
    pub moved: u32,
    pub busy: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A queue may still hold what the version before has put there.
    #[test]
    fn what_an_earlier_version_enqueued_is_understood() {
        let place =
            r#""workspace":"ws_01KAG5T6M0000000000000000A","campaign":"campaign_01KAG5T6M0000000000000000B""#;
        for message in [
            format!(r#"{{"do":"enrol",{place},"job":"job_1","cursor":null}}"#),
            format!(r#"{{"do":"schedule",{place},"cursor":"25"}}"#),
            format!(r#"{{"do":"take_in",{place}}}"#),
            format!(r#"{{"do":"simulate",{place},"simulation":"simulation_1"}}"#),
        ] {
            serde_json::from_str::<EnrolLeads>(&message).unwrap_or_else(|error| panic!("{message}: {error}"));
        }
        let lead = "01KAG5T6M0000000000000000C";
        let one_off = format!(
            r#"{{"send":"one_off","workspace":"ws_01KAG5T6M0000000000000000A","message":"msg_{lead}00000000000000000001"}}"#
        );
        let one_off = serde_json::from_str(&one_off);
        let one_off: SendMessage = one_off.unwrap_or_else(|error| panic!("a message of a person: {error}"));
        assert!(matches!(one_off, SendMessage::OneOff { due, .. } if due == Timestamp::UNIX_EPOCH));
    }
}
