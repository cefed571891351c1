//! `POST /api/campaigns/{id}/pause`: `pausing` for 10 s, then `paused`. From then on nothing goes out until
//! the given end, if any.

use crate::App;
use crate::campaign_view::CampaignView;
use crate::pause_order::PauseOrder;
use application::campaign::resume::put_end_of_pause;
use axum::extract::State;
use domain::CampaignId;
use domain::enrolment::pause::PausedScope;
use domain::event::{Event, EventKind};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/pause", operation_id = "pause_campaign", request_body = PauseOrder,
    params(("id" = CampaignId, Path)), responses((status = 200, body = CampaignView)))]
pub async fn pause_campaign(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    JsonBody(order): JsonBody<PauseOrder>,
) -> ApiResult<JsonBody<CampaignView>> {
    let now = app.clock.now();
    let mut campaign = app.campaigns.get(&caller.workspace, &id).await?;
    let until = app.until(&caller.workspace, &order, now).await?;
    let changed = campaign.pause(until, now);
    if changed.map_err(|illegal| ApiError::conflict("illegal_move", format!("{illegal}.")))? {
        let due = &*app.enrolling.due;
        put_end_of_pause(due, &caller.workspace, PausedScope::Campaign(id), until).await?;
        let event = Event::new(EventKind::CampaignPaused, caller.actor(), now);
        campaign.rev = app.campaigns.save(&campaign, &event).await?;
    }
    Ok(JsonBody(CampaignView::of(campaign, now)))
}
