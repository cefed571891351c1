//! `POST /api/columns/estimate`: what a run would ask, and what that may cost.

use crate::App;
use crate::chosen_leads::ChosenLeads;
use application::columns::estimate::{ColumnEstimate, estimate};
use axum::extract::State;
use domain::column::run::RunMode;
use domain::lead::filter::LeadFilter;
use domain::spend::Usd;
use domain::{ColumnId, LeadId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EstimateRequest {
    columns: Vec<ColumnId>,
    #[serde(default)]
    ids: Vec<LeadId>,
    filter: Option<LeadFilter>,
    #[serde(default)]
    except: Vec<LeadId>,
    #[serde(default)]
    only_gaps: bool,
    #[serde(default)]
    overwrite: bool,
    #[serde(default)]
    again: bool,
}

/// Amounts are millionths of a dollar.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RunEstimateView {
    pub leads: u64,
    /// Whether the numbers are projected from a sample of the leads.
    pub is_projected: bool,
    pub columns: Vec<ColumnEstimateView>,
    /// What the run will likely cost, and the most that it may.
    pub likely: Usd,
    pub most: Usd,
    /// What is left of the month's cap; none if there is no cap.
    pub month_left: Option<Usd>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ColumnEstimateView {
    pub column: ColumnId,
    /// The leads that a provider or model would be asked about.
    pub asked: u64,
    /// The leads whose value is computed, which costs nothing.
    pub computed: u64,
    /// The leads whose value is fresh, or there already.
    pub fresh: u64,
    /// The leads whose value a user gave: it stays.
    pub left: u64,
    pub likely: Usd,
    pub most: Usd,
}

#[utoipa::path(post, path = "/api/columns/estimate", operation_id = "estimate_column_run",
    request_body = EstimateRequest, responses((status = 200, body = RunEstimateView)))]
pub async fn estimate_column_run(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(asked): JsonBody<EstimateRequest>,
) -> ApiResult<JsonBody<RunEstimateView>> {
    app.known_columns(&caller, &asked.columns).await?;
    let chosen =
        ChosenLeads { ids: asked.ids, filter: asked.filter, except: asked.except, expected_count: None };
    let chosen = chosen.read(&app, &caller, false).await?;
    let mode = RunMode { only_gaps: asked.only_gaps, overwrite: asked.overwrite, again: asked.again };
    let found = estimate(&app.ports, &caller.workspace, &asked.columns, (chosen, mode)).await;
    let found = found.map_err(|error| ApiError::of_query(error, "filter"))?;
    let view = |(column, one): (ColumnId, ColumnEstimate)| ColumnEstimateView {
        column,
        asked: one.asked,
        computed: one.computed,
        fresh: one.fresh,
        left: one.left,
        likely: one.likely,
        most: one.most,
    };
    Ok(JsonBody(RunEstimateView {
        leads: found.leads,
        is_projected: found.is_projected,
        columns: found.columns.into_iter().map(view).collect(),
        likely: found.likely,
        most: found.most,
        month_left: found.month_left,
    }))
}
