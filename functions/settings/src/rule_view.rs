//! What the API tells of a rule.

use domain::trigger_rule::{OnlyIf, Trigger, TriggerAction, TriggerRule};
use domain::{RuleId, UserId};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RuleView {
    pub id: RuleId,
    pub name: String,
    pub when: Trigger,
    pub only: OnlyIf,
    /// In the order in which they are carried out.
    pub actions: Vec<TriggerAction>,
    pub enabled: bool,
    pub created_by: UserId,
    pub created_at: Timestamp,
}

impl From<TriggerRule> for RuleView {
    fn from(rule: TriggerRule) -> Self {
        Self {
            id: rule.id,
            name: rule.name,
            when: rule.when,
            only: rule.only,
            actions: rule.actions,
            enabled: rule.enabled,
            created_by: rule.created_by,
            created_at: rule.created_at,
        }
    }
}
