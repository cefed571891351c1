//! `GET /api/auth/me`: the signed-in user and their workspace.

use crate::App;
use crate::session_view::Me;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/auth/me", operation_id = "get_me", responses((status = 200, body = Me)))]
pub async fn get_me(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<Me>> {
    let (login, user) = app.login_and_user(&caller).await?;
    let workspace = app.workspaces.get(&caller.workspace).await?;
    app.me(&login, user, workspace).await.map(JsonBody)
}
