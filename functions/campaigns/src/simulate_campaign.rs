//! `POST /api/campaigns/{id}/simulate`: starts a simulation of the campaign with all its leads.

use crate::App;
use application::campaign::simulation::{Simulation, start_simulation};
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::CampaignState;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/simulate", operation_id = "simulate_campaign",
    params(("id" = CampaignId, Path)), responses((status = 202, body = Simulation)))]
pub async fn simulate_campaign(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<(StatusCode, JsonBody<Simulation>)> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    if matches!(campaign.state, CampaignState::Completed | CampaignState::Archived) {
        return Err(ApiError::conflict("campaign_closed", "This campaign is over and sends nothing more."));
    }
    let now = app.clock.now();
    let simulation = start_simulation(&*app.blobs, &*app.outbox, &*app.ids, &campaign, now).await?;
    Ok((StatusCode::ACCEPTED, JsonBody(simulation)))
}
