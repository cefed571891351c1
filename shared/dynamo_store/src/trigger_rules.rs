//! A workspace's trigger rules: one item, read with every event that a rule could wait for.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::table::Table;
use application::StoreResult;
use application::ports::trigger_rules::RuleStore;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::campaign::trigger_rule::{TriggerRule, TriggerRules};
use domain::event::Event;

#[async_trait]
impl RuleStore for Table {
    async fn get(&self, workspace: &WorkspaceId) -> StoreResult<TriggerRules> {
        let found = self.find(&keys::trigger_rules(workspace)).await?;
        Ok(found.unwrap_or_else(|| TriggerRules::none(workspace.clone())))
    }

    async fn save(&self, rules: &TriggerRules, event: &Event) -> StoreResult<u64> {
        self.save_entity(rules, Some(event)).await
    }
}

plain_item! { RulesItem of TriggerRules, rev, {
    workspace: WorkspaceId,
    rules: Vec<TriggerRule>,
} }

impl Stored for TriggerRules {
    const ENTITY: &'static str = "trigger_rules";
    type Scope = Tenant;
    type Body = RulesItem;

    fn key(&self) -> Key<Tenant> {
        keys::trigger_rules(&self.workspace)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> RulesItem {
        RulesItem::of(self)
    }
    fn from_body(body: RulesItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
