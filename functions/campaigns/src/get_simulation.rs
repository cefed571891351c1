//! `GET /api/campaigns/{id}/simulation`: the figures of the latest simulation; `result` is absent while it is
//! running.

use crate::App;
use application::campaign::simulation::{Simulation, read_simulation};
use axum::extract::State;
use domain::CampaignId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/campaigns/{id}/simulation", operation_id = "get_simulation",
    params(("id" = CampaignId, Path)), responses((status = 200, body = Simulation)))]
pub async fn get_simulation(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<Simulation>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    Ok(JsonBody(read_simulation(&*app.blobs, &caller.workspace, &campaign.id).await?))
}
