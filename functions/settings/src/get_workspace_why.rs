//! `GET /api/settings/why`: whether the workspace sends right now, from which accounts, and what prevents it.

use crate::App;
use application::sending::workspace_room;
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::planning::readiness::{CheckedAccount, Readiness, workspace_readiness};
use domain::workspace::account::AccountKind;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/settings/why", operation_id = "get_workspace_why",
    responses((status = 200, body = Readiness)))]
pub async fn get_workspace_why(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<Readiness>> {
    let workspace = app.workspaces.get(&caller.workspace).await?;
    let mut senders = app.accounts.list(&workspace.id).await?;
    let sends = |kind| Channel::ALL.iter().any(|channel| AccountKind::of_channel(*channel).contains(&kind));
    senders.retain(|sender| sends(sender.settings.kind()));
    let (breakers, quotas) = (app.breakers.list(&workspace.id).await?, app.quotas.list(&workspace.id).await?);
    let accounts = CheckedAccount::all(&senders, &breakers, &quotas);
    let now = app.clock.now();
    let room = workspace_room(&*app.limits, &workspace, now).await?;
    Ok(JsonBody(workspace_readiness(&workspace.sending, &accounts, now).with_workspace_cap(room, now)))
}
