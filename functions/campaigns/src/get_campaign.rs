//! `GET /api/campaigns/{id}`: one campaign.

use crate::App;
use crate::campaign_view::CampaignView;
use axum::extract::State;
use domain::CampaignId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/campaigns/{id}", operation_id = "get_campaign", params(("id" = CampaignId, Path)),
    responses((status = 200, body = CampaignView)))]
pub async fn get_campaign(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<CampaignView>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    Ok(JsonBody(app.view(campaign, app.clock.now()).await?))
}
