//! What arrived from providers: a record each, ordered by arrival, and in the partition of each lead that it is about an
//! item by which it is found when the lead is deleted. Both expire, as the bucket's objects do.

use crate::item::{Head, Stored, decode, encode, text_of};
use crate::keys::{self, Key, Tenant};
use crate::long_text::LongText;
use crate::pages::Order;
use crate::table::Table;
use crate::times::passes;
use crate::write::put;
use application::ports::inbound_records::{InboundFilter, InboundRecord, InboundRecordStore, Replay};
use application::{Page, PageRequest, StoreError, StoreResult};
use async_trait::async_trait;
use domain::message::inbound_outcome::{Became, InboundOutcome};
use domain::{AccountId, InboundId, LeadId, UnmatchedId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The most records that one page looks at, about: few may be of the kind that is asked for, among all of 90 days.
pub(crate) const MOST_LOOKED_AT: usize = 500;

#[async_trait]
impl InboundRecordStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &InboundId) -> StoreResult<InboundRecord> {
        self.find(&keys::inbound_record(workspace, id)).await?.ok_or(StoreError::NotFound)
    }

    async fn save(&self, record: &InboundRecord) -> StoreResult<u64> {
        for lead in &record.leads {
            for nth in 0..record.blobs.len().max(1) {
                let found_by = InboundOfLead {
                    workspace: record.workspace.clone(),
                    lead: lead.clone(),
                    record: record.id.clone(),
                    nth,
                    blob: record.blobs.get(nth).cloned(),
                    unmatched: record.unmatched.clone(),
                };
                self.write(put(encode(&found_by, 1, None)?, None)).await?;
            }
        }
        self.save_entity(record, None).await
    }

    async fn list(
        &self,
        workspace: &WorkspaceId,
        filter: &InboundFilter,
        page: PageRequest,
    ) -> StoreResult<Page<InboundRecord>> {
        let is = |item: &_, name, wanted: Option<&str>| wanted.is_none() || text_of(item, name) == wanted;
        let (provider, outcome) = (filter.provider.as_deref(), filter.outcome.map(InboundOutcome::as_str));
        let partition = keys::inbound_records(workspace);
        let limit = page.limit.clamp(1, 200);
        let keep = |item: &_| is(item, "provider", provider) && is(item, "outcome", outcome);
        let sizes = (limit, MOST_LOOKED_AT);
        let cursor = page.cursor.as_deref();
        let found = self.page_within(&partition, Order::TableDescending, sizes, cursor, keep).await?;
        let items = found.items.into_iter().map(decode).collect::<StoreResult<_>>()?;
        Ok(Page { items, next_cursor: found.next_cursor })
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct InboundRecordItem {
    id: InboundId,
    workspace: WorkspaceId,
    account: AccountId,
    provider: String,
    /// The queued event, as JSON.
    event: LongText,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    blobs: Vec<String>,
    outcome: InboundOutcome,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    became: Vec<Became>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    leads: Vec<LeadId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unmatched: Option<UnmatchedId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replay: Option<ReplayItem>,
}

#[derive(Serialize, Deserialize)]
struct ReplayItem {
    by: UserId,
    asked_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    done_at: Option<Timestamp>,
    has_changed: bool,
}

impl Stored for InboundRecord {
    const ENTITY: &'static str = "inbound_record";
    type Scope = Tenant;
    type Body = InboundRecordItem;

    fn key(&self) -> Key<Tenant> {
        keys::inbound_record(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(passes(self.id.at()))
    }
    fn body(&self, _rev: u64) -> InboundRecordItem {
        let record = self.clone();
        let replay =
            |Replay { by, asked_at, done_at, has_changed }| ReplayItem { by, asked_at, done_at, has_changed };
        InboundRecordItem {
            id: record.id,
            workspace: record.workspace,
            account: record.account,
            provider: record.provider,
            event: LongText(serde_json::to_string(&record.event).expect("an event has a JSON form")),
            blobs: record.blobs,
            outcome: record.outcome,
            became: record.became,
            leads: record.leads,
            unmatched: record.unmatched,
            detail: record.detail,
            replay: record.replay.map(replay),
        }
    }
    fn from_body(body: InboundRecordItem, head: &Head) -> Result<Self, String> {
        let replay =
            |ReplayItem { by, asked_at, done_at, has_changed }| Replay { by, asked_at, done_at, has_changed };
        Ok(Self {
            id: body.id,
            workspace: body.workspace,
            account: body.account,
            provider: body.provider,
            event: serde_json::from_str(&body.event.0).map_err(|error| error.to_string())?,
            blobs: body.blobs,
            outcome: body.outcome,
            became: body.became,
            leads: body.leads,
            unmatched: body.unmatched,
            detail: body.detail,
            replay: body.replay.map(replay),
            rev: head.rev,
        })
    }
}

/// An item in a lead's partition that names a record, a blob of it and its unmatched message, to be deleted with the
/// lead.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InboundOfLead {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    pub record: InboundId,
    pub nth: usize,
    pub blob: Option<String>,
    pub unmatched: Option<UnmatchedId>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct InboundOfLeadItem {
    record: InboundId,
    nth: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blob: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unmatched: Option<UnmatchedId>,
}

impl Stored for InboundOfLead {
    const ENTITY: &'static str = "inbound_of_lead";
    type Scope = Tenant;
    type Body = InboundOfLeadItem;

    fn key(&self) -> Key<Tenant> {
        keys::inbound_of_lead(
            &self.workspace,
            &self.lead,
            &format!("{}#{}", self.record.ulid_text(), self.nth),
        )
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(passes(self.record.at()))
    }
    fn body(&self, _rev: u64) -> InboundOfLeadItem {
        InboundOfLeadItem {
            record: self.record.clone(),
            nth: self.nth,
            blob: self.blob.clone(),
            unmatched: self.unmatched.clone(),
        }
    }
    fn from_body(body: InboundOfLeadItem, head: &Head) -> Result<Self, String> {
        let (workspace, lead) = keys::lead_of(&head.pk)?;
        let InboundOfLeadItem { record, nth, blob, unmatched } = body;
        Ok(Self { workspace, lead, record, nth, blob, unmatched })
    }
}
