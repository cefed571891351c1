//! `GET /api/campaigns/{id}/page`: the preview page that the campaign's leads see.

use crate::App;
use crate::page_view::CampaignPageView;
use axum::extract::State;
use domain::CampaignId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/campaigns/{id}/page", operation_id = "get_campaign_page",
    params(("id" = CampaignId, Path)), responses((status = 200, body = CampaignPageView)))]
pub async fn get_campaign_page(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<CampaignPageView>> {
    app.campaigns.get(&caller.workspace, &id).await?;
    Ok(JsonBody(match app.previews.campaign_page(&caller.workspace, &id).await? {
        Some(page) => CampaignPageView::of(page),
        None => CampaignPageView::standard(&caller.read_workspace(&*app.workspaces).await?.company),
    }))
}
