//! What is due when. A hint only finds; the claim decides.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::contact::channel::Touch;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::pause::PausedScope;
use domain::{ConnectionId, LeadId, MessageId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Hints within one bucket of this length are packed together; SQS delay does the rest.
pub const BUCKET_SECONDS: i64 = 900;

#[async_trait]
pub trait DueStore: Send + Sync {
    /// Packs the hints by bucket, 25 or more to an item. Written BEFORE an enrolment says it waits; where a claim says so with
    /// its message, before that step's queue message is done with.
    async fn put(&self, hints: &[Hint]) -> StoreResult<()>;

    /// Packed items whose bucket has begun at `now`, oldest first.
    async fn due(&self, now: Timestamp, limit: usize) -> StoreResult<Vec<PackedHints>>;

    /// Deleted only after what they name was accepted by a queue.
    async fn delete(&self, packed: &[PackedHints]) -> StoreResult<()>;

    /// One that was put alone, and is not needed any more.
    async fn take_back(&self, hint: &Hint) -> StoreResult<()>;

    /// The beginning of the earliest bucket that holds anything.
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
    /// An enrolment's next step; void once it has another turn.
    Step {
        enrolment: EnrolmentKey,
        turn: u16,
        /// Which message it is, where that was known: a slot can then be taken for it ahead of time.
        touch: Option<Touch>,
        /// What the lead's mails go out by, where that was known.
        mailbox: Option<ConnectionId>,
    },
    /// A message outside every sequence that waits: for its time, its provider, or for what became of it.
    OneOff { workspace: WorkspaceId, message: MessageId },
    /// What was paused until then goes on; void where somebody has said otherwise meanwhile.
    Resume { workspace: WorkspaceId, what: PausedScope },
    /// What is left of a lead whose deletion broke off.
    Erase { workspace: WorkspaceId, lead: LeadId },
    /// This lead has answered: the others of their company wait.
    HoldCompany { workspace: WorkspaceId, lead: LeadId },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedHints {
    /// Where it is stored.
    pub handle: String,
    pub hints: Vec<Hint>,
}
