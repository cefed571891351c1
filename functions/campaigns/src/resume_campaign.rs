//! `POST /api/campaigns/{id}/resume`: resumes a campaign; what fell due meanwhile is planned again from now.

use crate::App;
use crate::campaign_view::CampaignView;
use application::campaign::resume::{put_recovery_hint, schedule_campaign};
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::CampaignState;
use domain::enrolment::pause::PausedScope;
use domain::enrolment::resume_order::Resumption;
use domain::event::EventKind;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/resume", operation_id = "resume_campaign",
    params(("id" = CampaignId, Path)), responses((status = 200, body = CampaignView)))]
pub async fn resume_campaign(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<CampaignView>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    if !matches!(campaign.state, CampaignState::Paused | CampaignState::Active) {
        return Err(ApiError::conflict("illegal_move", "Only a paused campaign can be resumed."));
    }
    let pinned = campaign.sequence_version;
    let version = app.sequences.version(&caller.workspace, &campaign.sequence, pinned).await?;
    app.check_launch(&campaign, &version).await?;
    let paused = campaign.state == CampaignState::Paused;
    let now = app.clock.now();
    let resumed = paused.then_some(Resumption { since: campaign.state_since, at: now });
    let due = &*app.enrolling.due;
    let mut in_case = None;
    if paused {
        in_case = Some(put_recovery_hint(due, &caller.workspace, PausedScope::Campaign(id), now).await?);
    }
    let answer = app
        .move_campaign(&caller, campaign.clone(), CampaignState::Active, EventKind::CampaignResumed)
        .await?;
    schedule_campaign(&*app.outbox, &campaign, resumed).await?;
    if let Some(in_case) = in_case {
        in_case.over(due).await;
    }
    Ok(answer)
}
