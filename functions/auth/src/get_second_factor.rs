//! `GET /api/auth/totp`: whether the caller's login has a second factor.

use crate::App;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SecondFactorState {
    /// When two-step sign-in was switched on; none while it is off.
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
    let factor = login.second_factor.as_ref();
    Ok(JsonBody(SecondFactorState {
        since: factor.map(|factor| factor.since),
        recovery_codes_left: factor.map_or(0, |factor| factor.recovery_codes.len()),
    }))
}
