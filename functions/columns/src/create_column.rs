//! `POST /api/columns`: makes a column, and the field that it fills if that is new.

use crate::App;
use crate::column_body::{NewTarget, demand_filling, too_many};
use crate::column_view::ColumnView;
use axum::extract::State;
use domain::ColumnId;
use domain::column::recipe::Recipe;
use domain::column::{LONGEST_COLUMN_NAME, LeadColumn, MOST_COLUMNS, Triggers};
use domain::event::{Event, EventKind};
use domain::spend::Usd;
use domain::workspace::api_key::ApiScope;
use http::StatusCode;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewColumn {
    /// 1 to 80 characters, which no other column has, whatever the case of letters.
    name: String,
    target: NewTarget,
    recipe: Recipe,
    /// A formula that must be true of the lead, such as `country == "DE" and not email`.
    condition: Option<String>,
    #[serde(default)]
    triggers: Triggers,
    /// The days for which a value stays fresh; 0 if left out.
    #[serde(default)]
    fresh_days: u32,
    /// The most that the column spends by itself in a month, in millionths of a dollar; unlimited if left out.
    month_cap: Option<Usd>,
}

#[utoipa::path(post, path = "/api/columns", operation_id = "create_column", request_body = NewColumn,
    responses((status = 201, body = ColumnView)))]
pub async fn create_column(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewColumn>,
) -> ApiResult<(StatusCode, JsonBody<ColumnView>)> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &new.name, LONGEST_COLUMN_NAME);
    let targeted = app.targeted(&caller, new.target, &mut errors).await?;
    let Some(targeted) = targeted else {
        errors.finish()?;
        return Err(too_many());
    };
    if targeted.new.is_some() {
        caller.demand(ApiScope::FieldsWrite)?;
    }
    let others = app.ports.columns.list(&caller.workspace).await?;
    let now = app.ports.clock.now();
    let mut column = LeadColumn {
        id: ColumnId::new(app.ports.ids.next()),
        workspace: caller.workspace.clone(),
        name,
        target: targeted.target,
        recipe: new.recipe,
        condition: errors.text("condition", new.condition, 2_000),
        triggers: new.triggers,
        fresh_days: new.fresh_days,
        month_cap: new.month_cap,
        version: 1,
        scheduled_through: None,
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    app.checked(&mut column, (None, &others), &mut errors);
    errors.finish()?;
    demand_filling(&caller, &column)?;
    if others.len() >= MOST_COLUMNS {
        return Err(too_many());
    }
    if let Some(field) = &targeted.new {
        app.make_field(&caller, field).await?;
    }
    let event = Event::new(EventKind::ColumnCreated, caller.actor(), now);
    column.rev = app.ports.columns.save(&column, &event).await?;
    let run = app.compute_all(&caller, &column).await?;
    Ok((StatusCode::CREATED, JsonBody(ColumnView { run, ..column.into() })))
}
