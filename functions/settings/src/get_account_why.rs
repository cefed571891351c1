//! `GET /api/settings/accounts/{id}/why`: whether this account sends right now, and what prevents it.

use crate::App;
use application::sending::workspace_room;
use axum::extract::State;
use domain::AccountId;
use domain::planning::readiness::{CheckedAccount, Readiness, account_readiness};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/settings/accounts/{id}/why", operation_id = "get_account_why",
    params(("id" = AccountId, Path)), responses((status = 200, body = Readiness)))]
pub async fn get_account_why(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<AccountId>,
) -> ApiResult<JsonBody<Readiness>> {
    let workspace = app.workspaces.get(&caller.workspace).await?;
    let account = app.accounts.get(&workspace.id, &id).await?;
    let breaker = app.breakers.get(&workspace.id, &id).await?;
    let quota = app.quotas.get(&workspace.id, &id).await?;
    let account = CheckedAccount { account: &account, breaker: breaker.as_ref(), quota: quota.as_ref() };
    let now = app.clock.now();
    let room = workspace_room(&*app.limits, &workspace, now).await?;
    Ok(JsonBody(account_readiness(&workspace.sending, &account, now).with_workspace_cap(room, now)))
}
