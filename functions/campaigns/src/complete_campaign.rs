//! `POST /api/campaigns/{id}/complete`: ends a campaign. Nothing more is sent, and its open enrolments end.

use crate::App;
use crate::campaign_view::CampaignView;
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::CampaignState;
use domain::event::EventKind;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/complete", operation_id = "complete_campaign",
    params(("id" = CampaignId, Path)), responses((status = 200, body = CampaignView)))]
pub async fn complete_campaign(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<CampaignView>> {
    app.close(&caller, &id, CampaignState::Completed, EventKind::CampaignCompleted).await
}
