//! `POST /api/campaigns/{id}/release`: releases, by a background job, all enrolments that are held for one
//! reason.

use crate::App;
use crate::campaign_view::CampaignView;
use application::campaign::release_held::{Release, start_release};
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::CampaignState;
use domain::enrolment::reasons::HoldReason;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseOrder {
    /// `missing_value`, `paused_by_user`, `owner_changed`, `company_answered`, `mailbox` or `not_taken`.
    /// Other holds end with their cause or are decided one by one.
    reason: HoldReason,
}

/// Plans each enrolment anew, as if it were resumed alone: spread over an hour, within sending windows and
/// limits. Ordered again, it releases whatever is held by then.
#[utoipa::path(post, path = "/api/campaigns/{id}/release", operation_id = "release_held",
    params(("id" = CampaignId, Path)), request_body = ReleaseOrder, responses((status = 200, body = CampaignView)))]
pub async fn release_held(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    JsonBody(ReleaseOrder { reason }): JsonBody<ReleaseOrder>,
) -> ApiResult<JsonBody<CampaignView>> {
    if !reason.behaviour().is_released_together {
        return Err(ApiError::invalid("reason", "cannot be released for all leads at once"));
    }
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    if campaign.state != CampaignState::Active {
        return Err(ApiError::conflict("illegal_move", "Only leads of an active campaign can be released."));
    }
    let at = app.clock.now();
    start_release(&*app.outbox, Release { workspace: caller.workspace, campaign: id, reason, at }).await?;
    Ok(JsonBody(CampaignView::of(campaign, at)))
}
