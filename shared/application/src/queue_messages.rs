//! The messages in the queues: imperative, small, ids only. Each queue has one consumer and one message type; where that is
//! one of several, each of them may be sent as it is.

use domain::campaign::enrol_progress::Outcomes;
use domain::campaign::trigger_rule::Happened;
use domain::capacity::quota::SendingLimits;
use domain::column::FillCause;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::pause::PausedScope;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::resume_order::Resumption;
use domain::event::UserOrKey;
use domain::lead::attributes::Target;
use domain::lead::verdict::Traits;
use domain::message::bulk_message::BulkMessageCounts;
use domain::workspace::mailbox_push::Noticed;
use domain::{
    AccountId, BulkMessageId, CallId, CampaignId, ColumnId, ColumnRunId, CustomFieldId, ImportId, InboundId,
    LeadId, MessageId, NotificationId, RolloutId, RuleId, SequenceId, TaskId, UnmatchedId, UserId,
    WorkspaceId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    Imports,
    Enrolments,
    Enrichment,
    Columns,
    Ai,
    Send,
    Inbound,
    Visits,
    Mailboxes,
    Folds,
}

impl Queue {
    pub const ALL: [Self; 10] = [
        Self::Imports,
        Self::Enrolments,
        Self::Enrichment,
        Self::Columns,
        Self::Ai,
        Self::Send,
        Self::Inbound,
        Self::Visits,
        Self::Mailboxes,
        Self::Folds,
    ];

    /// Returns the word in logical ids and environment variables: `imports` → `ImportsQueue`, `IMPORTS_QUEUE_URL`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Imports => "imports",
            Self::Enrolments => "enrolments",
            Self::Enrichment => "enrichment",
            Self::Columns => "columns",
            Self::Ai => "ai",
            Self::Send => "send",
            Self::Inbound => "inbound",
            Self::Visits => "visits",
            Self::Mailboxes => "mailboxes",
            Self::Folds => "folds",
        }
    }
}

pub trait QueueMessage: Serialize + serde::de::DeserializeOwned + Send + Sync {
    const QUEUE: Queue;

    /// Returns the workspace whose message it is, where its queue is shared fairly: the messages of one workspace do not
    /// keep those of the others waiting.
    fn workspace(&self) -> Option<&WorkspaceId> {
        None
    }
}

impl QueueMessage for IngestEvent {
    const QUEUE: Queue = Queue::Inbound;

    fn workspace(&self) -> Option<&WorkspaceId> {
        Some(match self {
            Self::Webhook { workspace, .. }
            | Self::Mail { workspace, .. }
            | Self::Replay { workspace, .. }
            | Self::Corrected { workspace, .. }
            | Self::ReadByModel { workspace, .. }
            | Self::Linked { workspace, .. }
            | Self::DigestStopped { workspace, .. }
            | Self::Unsubscribed { workspace, .. } => workspace,
            Self::Tracked(visit) => &visit.workspace,
        })
    }
}

impl QueueMessage for RecordVisit {
    const QUEUE: Queue = Queue::Visits;

    fn workspace(&self) -> Option<&WorkspaceId> {
        Some(&self.workspace)
    }
}

impl QueueMessage for FoldChanges {
    const QUEUE: Queue = Queue::Folds;

    fn workspace(&self) -> Option<&WorkspaceId> {
        Some(&self.workspace)
    }
}

macro_rules! on_queue {
    ($($message:ident => $queue:ident),+ $(,)?) => { $(impl QueueMessage for $message { const QUEUE: Queue = Queue::$queue; })+ };
}

on_queue!(ImportLeads => Imports, CampaignJob => Enrolments, EnrichLead => Enrichment, FillColumns => Columns, AskModel => Ai, PersonalizeLead => Ai, ReadAnswer => Ai, DraftAnswer => Ai, SendMessage => Send, PollMailbox => Mailboxes);

/// Folds what was recorded of a workspace's changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoldChanges {
    pub workspace: WorkspaceId,
    /// Whether it is the one of each night, which also looks at the objects in the bucket.
    #[serde(default)]
    pub is_daily: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum ImportLeads {
    /// Imports the rows of one chunk. The message for the next chunk is sent when this one is done.
    Commit { workspace: WorkspaceId, import: ImportId, chunk: u32 },
    /// Imports the next part of a chunk that has more rows than one message may handle.
    Continue { workspace: WorkspaceId, import: ImportId, chunk: u32, part: u32 },
    /// Counts what a commit would do.
    Check { workspace: WorkspaceId, import: ImportId },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum CampaignJob {
    /// Enrols leads in a campaign, page by page.
    Enrol {
        workspace: WorkspaceId,
        campaign: domain::CampaignId,
        job: String,
        cursor: Option<String>,
        /// The outcomes of the pages before this one.
        #[serde(default)]
        outcomes: Outcomes,
    },
    /// Gives every pending or held enrolment of a launched or resumed campaign its next time, page by page.
    Schedule {
        workspace: WorkspaceId,
        campaign: domain::CampaignId,
        cursor: Option<String>,
        /// Whether this is the second pass, for enrolments that the lists did not show yet at the first.
        #[serde(default)]
        second: bool,
        /// The pause that is over, where the campaign is resumed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resumed: Option<Resumption>,
    },
    /// Lets an auto-enrol campaign look for leads that match its rule and are not in it yet.
    TakeIn { workspace: WorkspaceId, campaign: domain::CampaignId },
    /// Simulates what a campaign would send, and when.
    Simulate { workspace: WorkspaceId, campaign: domain::CampaignId, simulation: String },
    /// Orders the opening lines of the leads in a campaign that writes its own, page by page.
    WriteLines { workspace: WorkspaceId, campaign: CampaignId, cursor: Option<String> },
    /// Resumes what was paused until a set time.
    Resume { workspace: WorkspaceId, what: PausedScope, until: Timestamp },
    /// Erases a lead that was deleted long enough ago, or the rest of one whose erasure broke off.
    Erase { workspace: WorkspaceId, lead: LeadId },
    /// Looks for leads that may be the same person. `started_at` names the search.
    FindDuplicates { workspace: WorkspaceId, started_at: Timestamp },
    /// Holds the other leads of a company after this lead has replied, page by page.
    HoldCompany { workspace: WorkspaceId, lead: LeadId, cursor: Option<String> },
    /// Makes a task of a lead's follow-up date, which has come.
    FollowUp { workspace: WorkspaceId, lead: LeadId, at: Timestamp },
    /// Carries out the rules that wait for something that happened to a lead.
    CarryOutRules { workspace: WorkspaceId, lead: LeadId, happened: Happened, at: Timestamp },
    /// Carries out a rule for a lead that has not replied, or on which nothing has happened, since then.
    JudgeRule { workspace: WorkspaceId, lead: LeadId, rule: RuleId, since: Timestamp, at: Timestamp },
    /// Reminds a task's owner of it.
    RemindTask { workspace: WorkspaceId, task: TaskId, at: Timestamp },
    /// Deletes a recording of a call at the provider.
    DeleteRecording { workspace: WorkspaceId, account: AccountId, provider_id: String },
    /// Asks the provider for a call's price.
    PriceCall { workspace: WorkspaceId, call: CallId, at: Timestamp },
    /// Judges the stored visits of all leads again, page by page.
    JudgeVisits { workspace: WorkspaceId, cursor: Option<String> },
    /// Gives the leads the new names of a custom field's options, page by page.
    RenameOptions {
        workspace: WorkspaceId,
        field: CustomFieldId,
        cursor: Option<String>,
        /// How many leads the pages before have looked at and changed.
        #[serde(default)]
        looked_at: u64,
        #[serde(default)]
        changed: u64,
    },
    /// Has the leads opted out that a custom field says have, page by page.
    ApplyOptOuts {
        workspace: WorkspaceId,
        field: CustomFieldId,
        target: Target,
        by: UserOrKey,
        at: Timestamp,
        cursor: Option<String>,
    },
    /// Tells the workspace's Slack channel of notifications, in one text.
    TellSlack { workspace: WorkspaceId, told: Vec<NotificationKey> },
    /// Pushes notifications to the devices of a user, in one text.
    PushNotifications {
        workspace: WorkspaceId,
        user: UserId,
        told: Vec<NotificationKey>,
        /// How many orders before this one left something for it.
        #[serde(default)]
        tries: u32,
    },
    /// Looks whether the workspace's tracking domain works.
    CheckTrackingDomain { workspace: WorkspaceId },
    /// Releases the enrolments of this lead that are held for a missing value, now that one was filled in.
    ReleaseLead { workspace: WorkspaceId, lead: LeadId },
    /// Releases every enrolment of the campaign that is held for this reason, page by page.
    Release {
        workspace: WorkspaceId,
        campaign: domain::CampaignId,
        reason: HoldReason,
        /// When the release was ordered.
        at: Timestamp,
        cursor: Option<String>,
    },
    /// Queues a bulk message, page by page.
    Write {
        workspace: WorkspaceId,
        bulk_message: BulkMessageId,
        cursor: Option<String>,
        /// The counts of the pages before this one.
        counts: BulkMessageCounts,
    },
    /// Rolls a version out to its campaigns and to the enrolments in them, page by page.
    RollOut { workspace: WorkspaceId, sequence: SequenceId, rollout: RolloutId, sweep: Sweep },
}

/// The key of a notification: it is among a user's, or without one among those of all users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationKey {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    pub id: NotificationId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrichLead {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    /// Looks the values up again even where a result is known.
    pub force: bool,
    #[serde(default)]
    pub attempt: u32,
}

/// Fills columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fill")]
pub enum FillColumns {
    /// Fills the next page of a run, whose first lead has this number.
    Page { workspace: WorkspaceId, run: ColumnRunId, from: u64 },
    /// Fills the columns of one lead that fill themselves for this cause.
    Lead {
        workspace: WorkspaceId,
        lead: LeadId,
        cause: FillCause,
        /// The fields that were changed, as templates spell them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changed: Vec<String>,
        /// The time of the cause, which tells one change from the next.
        at: Timestamp,
    },
    /// Starts a run over all leads, because a column's schedule or a changed formula asks for it.
    All { workspace: WorkspaceId, column: ColumnId, run: ColumnRunId },
    /// Reads what an actor's run has found.
    Actor {
        workspace: WorkspaceId,
        lead: LeadId,
        column: ColumnId,
        /// The provider's id of the run, and the cell's token that it belongs to.
        actor_run: String,
        token: String,
        #[serde(default)]
        looked: u32,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalizeLead {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    /// The campaign whose own opening line for the lead is written; the lead's, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    pub force: bool,
    #[serde(default)]
    pub attempt: u32,
}

/// Has a model read an inbound message that the rules are not sure of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAnswer {
    pub workspace: WorkspaceId,
    pub message: MessageId,
}

/// Has a model draft the answer to an inbound message, which waits for a user's approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftAnswer {
    pub workspace: WorkspaceId,
    /// The message that is answered.
    pub answered: MessageId,
}

/// A question to a language model, told from the others by the id that it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AskModel {
    Read(ReadAnswer),
    Draft(DraftAnswer),
    Personalize(PersonalizeLead),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "send")]
pub enum SendMessage {
    Step {
        enrolment: EnrolmentKey,
        generation: u16,
        due: Timestamp,
        /// The slot that was already reserved for this step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<Slot>,
    },
    /// Sends a queued message outside every sequence, or reconciles one that is uncertain.
    OneOff {
        workspace: WorkspaceId,
        message: MessageId,
        /// When it is due; now, if left out.
        #[serde(default)]
        due: Timestamp,
        /// The slot that was already reserved for it, where it belongs to a bulk message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<Slot>,
    },
    /// Handles a request for a new password. The address is sealed; only the consumer finds out whether there
    /// is such a user.
    ForgottenPassword { sealed: String, at: Timestamp },
    /// Sends a user the link that proves the address of their login, whose id is sealed.
    AddressLink { sealed: String, at: Timestamp },
    /// Sends an invitation. The token of its link is sealed.
    Invitation { sealed: String, at: Timestamp },
    /// Sends a user the digest of this day of the user's clock.
    Digest { workspace: WorkspaceId, user: UserId, day: Date },
}

/// A slot: when an account with limits may be called for a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub sender: AccountId,
    pub at: Timestamp,
    /// Whether the slot counts against the quota of first messages.
    pub opening: bool,
    /// The account's limits when the slot was reserved. Under tighter limits the slot no longer counts.
    pub limits: SendingLimits,
}

/// Reads what is new in a mailbox, if it is time for it, messages wait for it, or its provider has told of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollMailbox {
    pub workspace: WorkspaceId,
    pub account: AccountId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noticed: Option<Noticed>,
}

impl PollMailbox {
    /// Makes the message for a mailbox that is due, or awaited.
    pub fn due(workspace: WorkspaceId, account: AccountId) -> Self {
        Self { workspace, account, noticed: None }
    }
}

/// An incoming event, verified but not yet understood, or a piece of due work about a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ingest")]
pub enum IngestEvent {
    Webhook {
        workspace: WorkspaceId,
        account: domain::AccountId,
        kind: domain::workspace::account::AccountKind,
        /// The account's settings when the webhook came. By now the account may have others, or be gone. Without them
        /// the webhook is read with the settings of the account that is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        settings: Option<Box<domain::workspace::account::AccountSettings>>,
        received_at: Timestamp,
        /// Unique per provider event: repeats change nothing.
        event_id: String,
        body: Payload,
    },
    /// A mail out of a connected mailbox that belongs to a lead or is about one of our messages.
    Mail {
        workspace: WorkspaceId,
        account: AccountId,
        /// The same for every report of this mail.
        event_id: String,
        received_at: Timestamp,
        /// Whether a user has sent it from the mailbox, by another program than this app.
        is_by_hand: bool,
        /// The key of the raw mail in the bucket.
        blob: String,
    },
    /// What arrived once is read again.
    Replay { workspace: WorkspaceId, record: InboundId, user: UserId, at: Timestamp },
    /// A visit, as it was queued before visits had a queue of their own.
    Tracked(Box<RecordVisit>),
    /// A user says what an inbound message is; its effects on the lead follow.
    Corrected {
        workspace: WorkspaceId,
        message: MessageId,
        understood: Box<domain::message::understanding::Understanding>,
        user: UserId,
        at: Timestamp,
    },
    /// A model has read an inbound message that the rules were not sure of; its effects follow.
    ReadByModel {
        workspace: WorkspaceId,
        message: MessageId,
        understood: Box<domain::message::understanding::Understanding>,
        at: Timestamp,
    },
    /// A user says whose an unmatched message is; it is ingested as that lead's.
    Linked { workspace: WorkspaceId, reply: UnmatchedId, link: domain::message::unmatched::Link },
    /// A user stops the digest by the link of one.
    DigestStopped { workspace: WorkspaceId, user: UserId, at: Timestamp },
    Unsubscribed {
        workspace: WorkspaceId,
        lead: LeadId,
        message: Option<MessageId>,
        /// The address that the message went to, if the link names it.
        #[serde(default)]
        to: Option<EmailAddress>,
        event_id: String,
        at: Timestamp,
    },
}

/// Records a visit: an open, a click, or what happened on a preview page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordVisit {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    pub message: Option<MessageId>,
    pub event_id: String,
    pub action: domain::lead::engagement::Action,
    /// Only here with the visitor's address; what is stored is the network around it.
    pub traits: Box<Traits>,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payload {
    Inline(String),
    /// The key of the payload in the bucket, for payloads larger than 64 KB.
    Blob(String),
}

/// How far a job has come that goes through every enrolment.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sweep {
    pub number: u32,
    /// The place: which of the rollout's campaigns, which of its lists, and the cursor within the list.
    pub campaign: usize,
    pub list: usize,
    pub cursor: Option<String>,
    /// How many enrolments got the new version, and how many could not because a send was under way.
    pub moved: u32,
    pub busy: u32,
}

#[cfg(test)]
mod tests;
