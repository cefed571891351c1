//! Stores what arrived from providers, as it arrived, with what became of it. It can be read again (*replayed*) for as
//! long as it is kept: 90 days, or until a lead that it is about is deleted.

use crate::ports::store::{Page, PageRequest, StoreResult};
use crate::queue_messages::IngestEvent;
use async_trait::async_trait;
use domain::message::inbound_outcome::{Became, InboundOutcome};
use domain::{AccountId, InboundId, LeadId, UnmatchedId, UserId, WorkspaceId};
use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundRecord {
    /// Its time is that of the arrival.
    pub id: InboundId,
    pub workspace: WorkspaceId,
    pub account: AccountId,
    /// The provider's word, as in `AccountSettings::provider`.
    pub provider: String,
    /// The event as it was queued: a webhook, or a mail out of a mailbox.
    pub event: IngestEvent,
    /// The keys of what lies in the bucket.
    pub blobs: Vec<String>,
    pub outcome: InboundOutcome,
    pub became: Vec<Became>,
    /// The leads that it is about.
    pub leads: Vec<LeadId>,
    /// The unmatched message that a user has linked to one of them. It is deleted with the lead, too.
    pub unmatched: Option<UnmatchedId>,
    /// The reason why it could not be read.
    pub detail: Option<String>,
    pub replay: Option<Replay>,
    pub rev: u64,
}

/// The latest replay of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    pub by: UserId,
    pub asked_at: Timestamp,
    /// When it was read again; none while it waits in the queue.
    pub done_at: Option<Timestamp>,
    /// Whether something else became of it than before.
    pub has_changed: bool,
}

/// The records that a list shows; everything that is left out counts as all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InboundFilter {
    pub provider: Option<String>,
    pub outcome: Option<InboundOutcome>,
}

#[async_trait]
pub trait InboundRecordStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, id: &InboundId) -> StoreResult<InboundRecord>;
    /// Stores a record and returns its revision, by the promise of every `save`. MUST first make it findable from each
    /// of its leads, because it is deleted with them.
    async fn save(&self, record: &InboundRecord) -> StoreResult<u64>;
    /// Returns a page of records, newest first. A page MAY be short or empty and have a cursor: it looks at a bounded number
    /// of records.
    async fn list(
        &self,
        workspace: &WorkspaceId,
        filter: &InboundFilter,
        page: PageRequest,
    ) -> StoreResult<Page<InboundRecord>>;
}
