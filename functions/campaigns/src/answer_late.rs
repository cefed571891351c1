//! `POST /api/campaigns/{id}/late`: decides what becomes of all leads whose message a pause or an outage has
//! made late, including those that become late before the campaign resumes.

use crate::App;
use crate::campaign_view::CampaignView;
use application::campaign::resume::{put_recovery_hint, schedule_waiting};
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::CampaignState;
use domain::enrolment::late_rule::{LateAnswer, WhenLate};
use domain::enrolment::pause::PausedScope;
use domain::event::{Event, EventKind};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LateOrder {
    then: WhenLate,
}

#[utoipa::path(post, path = "/api/campaigns/{id}/late", operation_id = "answer_late",
    params(("id" = CampaignId, Path)), request_body = LateOrder, responses((status = 200, body = CampaignView)))]
pub async fn answer_late(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    JsonBody(order): JsonBody<LateOrder>,
) -> ApiResult<JsonBody<CampaignView>> {
    let mut campaign = app.campaigns.get(&caller.workspace, &id).await?;
    if !matches!(campaign.state, CampaignState::Active | CampaignState::Paused) {
        return Err(ApiError::conflict("illegal_move", "No lead in this campaign is waiting for a message."));
    }
    let now = app.clock.now();
    let due = &*app.enrolling.due;
    let in_case = put_recovery_hint(due, &caller.workspace, PausedScope::Campaign(id), now).await?;
    campaign.late_answer = Some(LateAnswer { planned_before: now, then: order.then });
    campaign.rev =
        app.campaigns.save(&campaign, &Event::new(EventKind::LateAnswered, caller.actor(), now)).await?;
    schedule_waiting(&*app.outbox, std::slice::from_ref(&campaign), None).await?;
    in_case.over(due).await;
    Ok(JsonBody(CampaignView::of(campaign, now)))
}
