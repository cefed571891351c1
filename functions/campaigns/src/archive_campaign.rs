//! `POST /api/campaigns/{id}/archive`: hides a campaign. Its enrolments end, its figures stay.

use crate::App;
use crate::campaign_view::CampaignView;
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::CampaignState;
use domain::event::EventKind;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/archive", operation_id = "archive_campaign",
    params(("id" = CampaignId, Path)), responses((status = 200, body = CampaignView)))]
pub async fn archive_campaign(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<CampaignView>> {
    app.close(&caller, &id, CampaignState::Archived, EventKind::CampaignArchived).await
}
