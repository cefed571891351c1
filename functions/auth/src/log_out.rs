//! `POST /api/auth/logout`: ends this session. Its refresh token is invalid at once, its access token within
//! a minute.

use crate::App;
use application::identity::sessions;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiResult, Caller, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/auth/logout", operation_id = "log_out", responses((status = 204)))]
pub async fn log_out(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<StatusCode> {
    let signed_in = caller.signed_in()?;
    sessions::close(&*app.logins, (&signed_in.login, &signed_in.session)).await?;
    Ok(StatusCode::NO_CONTENT)
}
