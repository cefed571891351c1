//! `GET /api/campaigns/{id}/simulation/people/{lead}/steps/{step}`: the text of one simulated message, as it
//! would go out.

use crate::App;
use application::campaign::simulation::text::{SimulatedText, TextPorts, simulated_text};
use axum::extract::State;
use domain::{CampaignId, LeadId};
use http_api::{ApiError, ApiResult, BAD_CURSOR, Caller, JsonBody, PathOf, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SimulatedTextQuery {
    /// The cursor of the page of leads on which this lead is; left out for the first one.
    page: Option<String>,
    /// The version that the step belongs to, if the simulation names one.
    version: Option<u32>,
}

#[utoipa::path(get, path = "/api/campaigns/{id}/simulation/people/{lead}/steps/{step}",
    operation_id = "get_simulated_text",
    params(("id" = CampaignId, Path), ("lead" = LeadId, Path), ("step" = u16, Path), SimulatedTextQuery),
    responses((status = 200, body = SimulatedText)))]
pub async fn get_simulated_text(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf((id, lead, step)): PathOf<(CampaignId, LeadId, u16)>,
    QueryOf(query): QueryOf<SimulatedTextQuery>,
) -> ApiResult<JsonBody<SimulatedText>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    let part = match &query.page {
        Some(page) => page.parse().map_err(|_| ApiError::invalid("query.page", BAD_CURSOR))?,
        None => 0,
    };
    let ports = TextPorts {
        blobs: &*app.blobs,
        accounts: &*app.accounts,
        leads: &*app.leads,
        sequences: &*app.sequences,
        workspaces: &*app.workspaces,
        public_url: &app.public_url,
    };
    Ok(JsonBody(simulated_text(&ports, &campaign, (part, &lead), (step, query.version)).await?))
}
