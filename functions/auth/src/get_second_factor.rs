//! `GET /api/auth/totp`: whether the caller's login has a second factor.

use crate::App;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SecondFactorState {
    /// Whether a password alone does not sign in: there is an authenticator app or a passkey.
    pub on: bool,
    pub has_password: bool,
    /// When the authenticator app was added; none without one.
    pub since: Option<Timestamp>,
    pub recovery_codes_left: usize,
}

#[utoipa::path(get, path = "/api/auth/totp", operation_id = "get_second_factor",
    responses((status = 200, body = SecondFactorState)))]
pub async fn get_second_factor(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<SecondFactorState>> {
    let login = app.logins.login(&caller.signed_in()?.login).await?;
    Ok(JsonBody(SecondFactorState {
        on: login.has_second_factor(),
        has_password: !login.password_hash.is_empty(),
        since: login.authenticator.as_ref().map(|app| app.since),
        recovery_codes_left: login.recovery_codes.len(),
    }))
}
