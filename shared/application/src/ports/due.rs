//! The due hints: which work is due when. A hint only finds the work; the claim decides whether it is done.
//! So hints may be doubled or outdated, but none may be missing: a hint is written before the item that waits
//! for it.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::contact::channel::Touch;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::pause::PausedScope;
use domain::{AccountId, CallId, LeadId, MessageId, RuleId, TaskId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The length of a bucket. Hints within one are packed together, and the SQS delay does the rest.
pub const BUCKET_SECONDS: i64 = 900;

#[async_trait]
pub trait DueStore: Send + Sync {
    /// Packs the hints by bucket, 25 or more to an item. A hint MUST be written before an enrolment says that it
    /// waits. Where a claim writes that with its message, the hint MUST be written before that step's queue message
    /// is done.
    async fn put(&self, hints: &[Hint]) -> StoreResult<()>;

    /// Returns the packed items whose bucket has begun at `now`, oldest first.
    async fn due(&self, now: Timestamp, limit: usize) -> StoreResult<Vec<PackedHints>>;

    /// Deletes packed items, and only after a queue has accepted what they name.
    async fn delete(&self, packed: &[PackedHints]) -> StoreResult<()>;

    /// Deletes one hint that was put alone and is not needed any more.
    async fn delete_one(&self, hint: &Hint) -> StoreResult<()>;

    /// Returns the start of the earliest bucket that holds anything.
    async fn earliest(&self) -> StoreResult<Option<Timestamp>>;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    pub at: Timestamp,
    pub what: DueWork,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "due")]
pub enum DueWork {
    /// An enrolment's next step; void once the enrolment has another turn.
    Step {
        enrolment: EnrolmentKey,
        generation: u16,
        /// The kind of message, where that was known: a slot can then be reserved for it ahead of time.
        touch: Option<Touch>,
        /// The mailbox that the lead's mails go out through, where that was known.
        mailbox: Option<AccountId>,
    },
    /// A message outside every sequence that waits: for its time, its provider, or to be reconciled.
    OneOff { workspace: WorkspaceId, message: MessageId },
    /// The end of a pause; void where a user has decided otherwise meanwhile.
    Resume { workspace: WorkspaceId, what: PausedScope },
    /// A lead whose erasure broke off, or that was deleted long enough ago.
    Erase { workspace: WorkspaceId, lead: LeadId },
    /// A reply of this lead that holds its colleagues.
    HoldCompany { workspace: WorkspaceId, lead: LeadId },
    /// A lead's follow-up date; void where the lead has another one meanwhile.
    FollowUp { workspace: WorkspaceId, lead: LeadId },
    /// The time at which a rule looks whether a lead has not replied, or nothing has happened on it, since then; void if it
    /// is otherwise, or the rule is off.
    JudgeRule { workspace: WorkspaceId, lead: LeadId, rule: RuleId, since: Timestamp },
    /// The reminder of a task; void where the task was moved or closed meanwhile.
    RemindTask { workspace: WorkspaceId, task: TaskId },
    /// The next poll of a mailbox; void where it was read meanwhile.
    PollMailbox { workspace: WorkspaceId, account: AccountId },
    /// A recording that is deleted here, and still at the provider.
    DeleteRecording { workspace: WorkspaceId, account: AccountId, provider_id: String },
    /// The next question about a call's price; void where it is not asked for then.
    PriceCall { workspace: WorkspaceId, call: CallId },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedHints {
    /// The key of the stored item.
    pub handle: String,
    pub hints: Vec<Hint>,
}
