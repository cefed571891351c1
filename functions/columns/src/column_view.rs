//! A column as the API shows it. Secret values of headers are never shown.

use domain::column::recipe::{HookHeader, Recipe};
use domain::column::target::ColumnTarget;
use domain::column::{LeadColumn, Triggers};
use domain::spend::Usd;
use domain::{ColumnId, ColumnRunId};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ColumnView {
    pub id: ColumnId,
    pub name: String,
    pub target: ColumnTarget,
    /// The name of the field that it fills, as templates and lists spell it.
    pub field: String,
    pub recipe: Recipe,
    pub condition: Option<String>,
    pub triggers: Triggers,
    pub fresh_days: u32,
    /// The most that it spends by itself in a month, in millionths of a dollar.
    pub month_cap: Option<Usd>,
    /// The names of the fields that it rests on.
    pub rests_on: Vec<String>,
    pub version: u32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
    /// The run that computes all values anew, where this request has changed a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<ColumnRunId>,
}

impl From<LeadColumn> for ColumnView {
    fn from(column: LeadColumn) -> Self {
        let (field, rests_on) = (column.target.name(), column.rests_on().into_iter().collect());
        let mut recipe = column.recipe;
        if let Recipe::Webhook(hook) = &mut recipe {
            for header in &mut hook.headers {
                *header = HookHeader { sealed: None, ..header.clone() };
            }
        }
        Self {
            id: column.id,
            name: column.name,
            target: column.target,
            field,
            recipe,
            condition: column.condition,
            triggers: column.triggers,
            fresh_days: column.fresh_days,
            month_cap: column.month_cap,
            rests_on,
            version: column.version,
            created_at: column.created_at,
            updated_at: column.updated_at,
            rev: column.rev,
            run: None,
        }
    }
}
