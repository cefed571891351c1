//! Stores the trigger rules of a workspace: what happens automatically when a lead does something.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::campaign::trigger_rule::TriggerRules;
use domain::event::Event;

#[async_trait]
pub trait RuleStore: Send + Sync {
    /// Reads the rules; a workspace without any has an empty list.
    async fn get(&self, workspace: &WorkspaceId) -> StoreResult<TriggerRules>;
    async fn save(&self, rules: &TriggerRules, event: &Event) -> StoreResult<u64>;
}
