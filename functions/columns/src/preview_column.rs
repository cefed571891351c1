//! `POST /api/columns/preview`: what a recipe gives for a few leads, before it is saved. Nothing is stored.

use crate::App;
use application::columns::preview::{Consent, Previewed, preview};
use axum::extract::State;
use domain::column::recipe::Recipe;
use domain::column::target::{ColumnTarget, FilledField};
use domain::column::{LeadColumn, Triggers};
use domain::spend::Usd;
use domain::{ColumnId, LeadId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const MOST_LEADS: usize = 5;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnPreviewRequest {
    recipe: Recipe,
    condition: Option<String>,
    /// The field that the value is for: a value that the field does not take is told. Any text, if left out.
    target: Option<ColumnTarget>,
    /// One to five leads.
    leads: Vec<LeadId>,
    /// Whether a prompt may be put to the model, at its price, for the first of the leads.
    #[serde(default)]
    spend: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ColumnPreview {
    pub items: Vec<ColumnPreviewItem>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ColumnPreviewItem {
    pub lead: LeadId,
    pub name: String,
    pub value: Option<String>,
    /// Why there is no value.
    pub why: Option<String>,
    /// The facts that the model is given, or that its answer cites.
    pub facts: Vec<String>,
    /// What the answer cost, in millionths of a dollar.
    pub price: Usd,
}

#[utoipa::path(post, path = "/api/columns/preview", operation_id = "preview_column",
    request_body = ColumnPreviewRequest, responses((status = 200, body = ColumnPreview)))]
pub async fn preview_column(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(asked): JsonBody<ColumnPreviewRequest>,
) -> ApiResult<JsonBody<ColumnPreview>> {
    if asked.leads.is_empty() || asked.leads.len() > MOST_LEADS {
        return Err(ApiError::invalid("leads", format!("are 1 to {MOST_LEADS}")));
    }
    let now = app.ports.clock.now();
    // A field that takes any text of a usual length.
    let any = ColumnTarget::LeadField { field: FilledField::Address };
    let column = LeadColumn {
        id: ColumnId::new(app.ports.ids.next()),
        workspace: caller.workspace.clone(),
        name: String::new(),
        target: asked.target.unwrap_or(any),
        recipe: asked.recipe,
        condition: asked.condition.filter(|condition| !condition.trim().is_empty()),
        triggers: Triggers::default(),
        fresh_days: 0,
        month_cap: None,
        version: 1,
        scheduled_through: None,
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    let mut errors = FieldErrors::default();
    for (part, why) in column.faults() {
        errors.add(part, why);
    }
    errors.finish()?;
    let (leads, consent) = match asked.spend {
        true => {
            let id = app.ports.ids.next().to_string();
            (&asked.leads[..1], Consent::Given { user: caller.user().cloned(), id })
        }
        false => (&asked.leads[..], Consent::None),
    };
    let seen = preview(&app.ports, &caller.workspace, &column, (leads, &consent)).await?;
    let view = |one: Previewed| ColumnPreviewItem {
        lead: one.lead,
        name: one.name,
        value: one.value,
        why: one.why,
        facts: one.facts,
        price: one.price,
    };
    Ok(JsonBody(ColumnPreview { items: seen.into_iter().map(view).collect() }))
}
