//! `GET /api/auth/me`: the signed-in user and their workspace.

use crate::App;
use crate::session_view::Me;
use application::identity::memberships::count_open_workspaces;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/auth/me", operation_id = "get_me", responses((status = 200, body = Me)))]
pub async fn get_me(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<Me>> {
    let (login, user) = app.login_and_user(&caller).await?;
    let workspace = app.workspaces.get(&caller.workspace).await?;
    let workspaces = count_open_workspaces(&*app.users, &login).await?;
    Ok(JsonBody(Me::of(&login, (user, workspaces), workspace, app.clock.now())))
}
