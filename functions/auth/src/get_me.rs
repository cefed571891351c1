//! `GET /api/auth/me`: the signed-in user and their workspace.

use crate::App;
use crate::session_view::Me;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/auth/me", operation_id = "get_me", responses((status = 200, body = Me)))]
pub async fn get_me(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<Me>> {
    let user = app.users.get(&caller.workspace, &caller.signed_in()?.user).await?;
    let workspace = app.workspaces.get(&caller.workspace).await?;
    Ok(JsonBody(Me { user: user.into(), workspace: workspace.into() }))
}
