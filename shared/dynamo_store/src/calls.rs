//! The call that the app places for a user: one item for each user, of which a new call is the next revision.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::table::Table;
use application::StoreResult;
use application::ports::calls::CallStore;
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::call::{Call, CallLeg, CallRequest, LeadNumber};
use domain::{AccountId, CallId, TaskId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl CallStore for Table {
    async fn of_user(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<Option<Call>> {
        self.find(&keys::tasks::call(workspace, user)).await
    }

    async fn save(&self, call: &Call, event: Option<&Event>) -> StoreResult<u64> {
        self.save_entity(call, event).await
    }
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
