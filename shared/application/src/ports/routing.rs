//! Stores who owns new leads: the rules, and whose turn it is.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::lead::routing::Routing;
use domain::{RoutingRuleId, WorkspaceId};

#[async_trait]
pub trait RoutingStore: Send + Sync {
    /// Reads the rules; a workspace that has set none has none.
    async fn get(&self, workspace: &WorkspaceId) -> StoreResult<Routing>;
    async fn save(&self, routing: &Routing, event: &Event) -> StoreResult<u64>;
    /// Takes the next `count` turns of a rule, or of the choice for all other leads. A turn MUST be given out once, by
    /// whichever function and however many ask at a time; turns that were given back come first.
    async fn take_turns(
        &self,
        workspace: &WorkspaceId,
        rule: Option<&RoutingRuleId>,
        count: usize,
    ) -> StoreResult<Vec<u64>>;
    /// Gives turns back whose leads were not created. Safe to repeat until they are taken again.
    async fn give_back_turns(
        &self,
        workspace: &WorkspaceId,
        rule: Option<&RoutingRuleId>,
        turns: &[u64],
    ) -> StoreResult<()>;
    /// Returns the turn that the next lead would take.
    async fn next_turn(&self, workspace: &WorkspaceId, rule: Option<&RoutingRuleId>) -> StoreResult<u64>;
}
