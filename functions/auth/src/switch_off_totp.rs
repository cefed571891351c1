//! `DELETE /api/auth/totp`: takes the authenticator app away from the caller's login.

use crate::App;
use application::identity::second_factor::switch_off_authenticator;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiResult, Caller, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/auth/totp", operation_id = "switch_off_totp", responses((status = 204)))]
pub async fn switch_off_totp(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<StatusCode> {
    let who = app.proven_session(&caller).await?;
    switch_off_authenticator(&*app.logins, who, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
