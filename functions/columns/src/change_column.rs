//! `PATCH /api/columns/{id}`: changes a column, for all that is filled from then on. The field that it fills stays.

use crate::App;
use crate::column_body::demand_filling;
use crate::column_view::ColumnView;
use axum::extract::State;
use domain::ColumnId;
use domain::column::recipe::Recipe;
use domain::column::{LONGEST_COLUMN_NAME, LeadColumn, Triggers};
use domain::event::{Event, EventKind};
use domain::spend::Usd;
use http_api::{ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, given, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnChanges {
    name: Option<String>,
    /// The whole recipe. A secret header without a value keeps the one that is stored, if the address has the same host.
    recipe: Option<Recipe>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    condition: Option<Option<String>>,
    triggers: Option<Triggers>,
    fresh_days: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Usd>)]
    month_cap: Option<Option<Usd>>,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[utoipa::path(patch, path = "/api/columns/{id}", operation_id = "change_column",
    params(("id" = ColumnId, Path)), request_body = ColumnChanges, responses((status = 200, body = ColumnView)))]
pub async fn change_column(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ColumnId>,
    if_match: IfMatch,
    JsonBody(changes): JsonBody<ColumnChanges>,
) -> ApiResult<JsonBody<ColumnView>> {
    let before = app.ports.columns.get(&caller.workspace, &id).await?;
    if_match.check(changes.rev, before.rev)?;
    let mut errors = FieldErrors::default();
    let mut column = LeadColumn { updated_at: app.ports.clock.now(), ..before.clone() };
    if let Some(name) = &changes.name {
        column.name = errors.required("name", name, LONGEST_COLUMN_NAME);
    }
    if let Some(recipe) = changes.recipe {
        column.recipe = recipe;
    }
    if let Some(condition) = changes.condition {
        column.condition = errors.text("condition", condition, 2_000);
    }
    column.triggers = changes.triggers.unwrap_or(column.triggers);
    column.fresh_days = changes.fresh_days.unwrap_or(column.fresh_days);
    column.month_cap = changes.month_cap.unwrap_or(column.month_cap);
    let others: Vec<LeadColumn> =
        app.ports.columns.list(&caller.workspace).await?.into_iter().filter(|other| other.id != id).collect();
    if column.recipe.kind() == before.recipe.kind() && column.recipe == before.recipe {
        // The stored recipe has its secrets encrypted already.
        let mut probe = column.clone();
        app.checked(&mut probe, (Some(&before), &others), &mut errors);
    } else {
        app.checked(&mut column, (Some(&before), &others), &mut errors);
    }
    errors.finish()?;
    let renamed = LeadColumn { name: column.name.clone(), updated_at: column.updated_at, ..before.clone() };
    if column != renamed {
        demand_filling(&caller, &column)?;
    }
    let is_new_recipe = column.recipe != before.recipe || column.condition != before.condition;
    if is_new_recipe {
        column.version += 1;
    }
    let event = Event::new(EventKind::ColumnChanged, caller.actor(), column.updated_at);
    column.rev = app.ports.columns.save(&column, &event).await?;
    let run = if is_new_recipe { app.compute_all(&caller, &column).await? } else { None };
    Ok(JsonBody(ColumnView { run, ..column.into() }))
}
