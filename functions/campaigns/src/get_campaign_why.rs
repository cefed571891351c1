//! `GET /api/campaigns/{id}/why`: whether the campaign sends right now, and what prevents it.

use crate::App;
use application::campaign::planning_context::senders_of;
use application::campaign::version_sent::version_sent;
use application::sending::workspace_room;
use axum::extract::State;
use domain::CampaignId;
use domain::planning::readiness::{CheckedAccount, Readiness, campaign_readiness};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/campaigns/{id}/why", operation_id = "get_campaign_why",
    params(("id" = CampaignId, Path)), responses((status = 200, body = Readiness)))]
pub async fn get_campaign_why(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<Readiness>> {
    let workspace_id = &caller.workspace;
    let campaign = app.campaigns.get(workspace_id, &id).await?;
    let workspace = app.workspaces.get(workspace_id).await?;
    let number = version_sent(&*app.sequences, &campaign).await?;
    let version = app.sequences.version(workspace_id, &campaign.sequence, number).await?;
    let senders = senders_of(&*app.accounts, &campaign).await?;
    let (breakers, quotas) = (app.breakers.list(workspace_id).await?, app.quotas.list(workspace_id).await?);
    let accounts: Vec<CheckedAccount<'_>> = CheckedAccount::all(&senders, &breakers, &quotas);
    let now = app.clock.now();
    let room = workspace_room(&*app.limits, &workspace, now).await?;
    Ok(JsonBody(
        campaign_readiness((&workspace.sending, &campaign), &version, &accounts, now)
            .with_workspace_cap(room, now),
    ))
}
