//! `POST /api/campaigns/{id}/pause`: `pausing` for 10 s, then `paused`: from then on nothing goes out.

use crate::App;
use crate::campaign_view::CampaignView;
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::CampaignState;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/pause", operation_id = "pause_campaign",
    params(("id" = CampaignId, Path)), responses((status = 200, body = CampaignView)))]
pub async fn pause_campaign(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<CampaignView>> {
    app.simple_move(&caller, &id, CampaignState::Paused, "campaign_paused").await
}
