//! The call that the app places for a user: one item for each user, of which a new call is the next revision. The recordings
//! and costs of calls, in their leads' partitions; recordings that are not deleted are listed by when they were made.

use crate::item::{Head, Item, Stored, decode, head, plain_item};
use crate::keys::{self, Key, Listing, Tenant};
use crate::query::{Query, Range};
use crate::table::Table;
use crate::times::sortable;
use application::StoreResult;
use application::ports::calls::CallStore;
use async_trait::async_trait;
use domain::event::Event;
use domain::spend::Usd;
use domain::workspace::call::{Call, CallLeg, CallRequest, LeadNumber};
use domain::workspace::call_cost::{CallCost, CallCostState};
use domain::workspace::recording::{CallRecording, RecordingState};
use domain::{AccountId, CallId, LeadId, TaskId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl CallStore for Table {
    async fn of_user(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<Option<Call>> {
        self.find(&keys::tasks::call(workspace, user)).await
    }

    async fn save(&self, call: &Call, event: Option<&Event>) -> StoreResult<u64> {
        self.save_entity(call, event).await
    }

    async fn recording(&self, workspace: &WorkspaceId, call: &CallId) -> StoreResult<CallRecording> {
        self.read(&keys::tasks::recording(workspace, call)).await
    }

    async fn recordings(&self, workspace: &WorkspaceId, calls: &[CallId]) -> StoreResult<Vec<CallRecording>> {
        let keys: Vec<_> = calls.iter().map(|call| keys::tasks::recording(workspace, call)).collect();
        self.read_items(&keys).await?.into_iter().map(decode).collect()
    }

    async fn recordings_of(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<Vec<CallRecording>> {
        let partition = keys::lead_partition(workspace, lead);
        let query = Query::table(&partition).range(Range::Prefix(keys::tasks::RECORDINGS.to_owned()));
        self.query(query).await?.into_iter().map(decode).collect()
    }

    async fn recordings_before(
        &self,
        workspace: &WorkspaceId,
        before: Timestamp,
        most: usize,
    ) -> StoreResult<Vec<CallRecording>> {
        let listed = keys::tasks::recordings(workspace);
        let query = Query::index(&listed).range(Range::Below(sortable(before))).limit(most);
        let found = self.query(query).await?;
        // The index carries no body of them.
        let keys: Vec<_> = found.iter().map(key_of).collect::<StoreResult<_>>()?;
        self.read_items(&keys).await?.into_iter().map(decode).collect()
    }

    async fn save_recording(&self, recording: &CallRecording, event: Option<&Event>) -> StoreResult<u64> {
        self.save_entity(recording, event).await
    }

    async fn cost(&self, workspace: &WorkspaceId, call: &CallId) -> StoreResult<CallCost> {
        self.read(&keys::tasks::call_cost(workspace, call)).await
    }

    async fn costs(&self, workspace: &WorkspaceId, calls: &[CallId]) -> StoreResult<Vec<CallCost>> {
        let keys: Vec<_> = calls.iter().map(|call| keys::tasks::call_cost(workspace, call)).collect();
        self.read_items(&keys).await?.into_iter().map(decode).collect()
    }

    async fn save_cost(&self, cost: &CallCost) -> StoreResult<u64> {
        self.save_entity(cost, None).await
    }
}

fn key_of(item: &Item) -> StoreResult<Key<Tenant>> {
    let head = head(item)?;
    let (workspace, lead) = keys::lead_of(&head.pk).map_err(|why| head.corrupt(why))?;
    Ok(keys::lead_partition(&workspace, &lead).found(&head.sk))
}

plain_item! { CallItem of Call, rev, {
    id: CallId,
    workspace: WorkspaceId,
    user: UserId,
    account: AccountId,
    number: LeadNumber,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<TaskId>,
    request: CallRequest,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_id: Option<String>,
    user_leg: CallLeg,
    lead_leg: CallLeg,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
    placed_at: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<CallId>,
} }

impl Stored for Call {
    const ENTITY: &'static str = "call";
    type Scope = Tenant;
    type Body = CallItem;

    fn key(&self) -> Key<Tenant> {
        keys::tasks::call(&self.workspace, &self.user)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> CallItem {
        CallItem::of(self)
    }
    fn from_body(body: CallItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { RecordingItem of CallRecording, rev, {
    call: CallId,
    workspace: WorkspaceId,
    user: UserId,
    account: AccountId,
    provider_id: String,
    state: RecordingState,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
    made_at: Timestamp,
} }

impl Stored for CallRecording {
    const ENTITY: &'static str = "call_recording";
    type Scope = Tenant;
    type Body = RecordingItem;

    fn key(&self) -> Key<Tenant> {
        keys::tasks::recording(&self.workspace, &self.call)
    }
    fn listing(&self) -> Option<Listing> {
        let is_kept = self.state != RecordingState::Deleted;
        is_kept.then(|| keys::tasks::recording_listing(&self.workspace, self.made_at, &self.call))
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> RecordingItem {
        RecordingItem::of(self)
    }
    fn from_body(body: RecordingItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { CallCostItem of CallCost, rev, {
    call: CallId,
    workspace: WorkspaceId,
    account: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_id: Option<String>,
    state: CallCostState,
    minute_price: Usd,
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    heard_minutes: Option<u64>,
    asked: u8,
    ask_at: Timestamp,
    placed_at: Timestamp,
} }

impl Stored for CallCost {
    const ENTITY: &'static str = "call_cost";
    type Scope = Tenant;
    type Body = CallCostItem;

    fn key(&self) -> Key<Tenant> {
        keys::tasks::call_cost(&self.workspace, &self.call)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> CallCostItem {
        CallCostItem::of(self)
    }
    fn from_body(body: CallCostItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
