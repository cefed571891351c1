//! `POST /api/campaigns/{id}/launch`: pins the sequence's version and begins to send.

use crate::App;
use crate::campaign_view::CampaignView;
use application::campaign::resume::{put_recovery_hint, schedule_campaign};
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::CampaignState;
use domain::enrolment::pause::PausedScope;
use domain::event::EventKind;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/launch", operation_id = "launch_campaign",
    params(("id" = CampaignId, Path)), responses((status = 200, body = CampaignView)))]
pub async fn launch_campaign(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<CampaignView>> {
    let mut campaign = app.campaigns.get(&caller.workspace, &id).await?;
    let due = &*app.enrolling.due;
    let mut in_case = None;
    match campaign.state {
        CampaignState::Draft => {
            let sequence = app.usable_sequence(&caller.workspace, &campaign.sequence).await?;
            app.check_launch(&campaign, &sequence.pinned()).await?;
            campaign.sequence_version = sequence.version;
            let scope = PausedScope::Campaign(id);
            in_case = Some(put_recovery_hint(due, &caller.workspace, scope, app.clock.now()).await?);
        }
        // The campaign was launched before, but the message to its job may be lost: send it again.
        CampaignState::Active => {}
        _ => return Err(ApiError::conflict("illegal_move", "Only a draft can be launched.")),
    }
    let answer = app
        .move_campaign(&caller, campaign.clone(), CampaignState::Active, EventKind::CampaignLaunched)
        .await?;
    schedule_campaign(&*app.outbox, &campaign, None).await?;
    if let Some(in_case) = in_case {
        in_case.over(due).await;
    }
    Ok(answer)
}
