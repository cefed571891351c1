//! `POST /api/auth/totp`: begins to set up an authenticator app. Nothing is switched on before the app's first code.

use crate::App;
use application::identity::second_factor::begin_totp as begin;
use axum::extract::State;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SecondFactorSetup {
    /// The secret for an app that cannot read the QR code.
    pub secret: String,
    /// The address that the QR code shows.
    pub uri: String,
    /// The text to send with the app's first code, within half an hour.
    pub setup: String,
}

#[utoipa::path(post, path = "/api/auth/totp", operation_id = "begin_totp",
    responses((status = 200, body = SecondFactorSetup)))]
pub async fn begin_totp(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<SecondFactorSetup>> {
    let (login, _) = app.proven_session(&caller).await?;
    if login.authenticator.is_some() {
        return Err(already_on());
    }
    let made = begin(&app.keys, &*app.ids, &login, app.clock.now());
    Ok(JsonBody(SecondFactorSetup { secret: made.secret, uri: made.uri, setup: made.setup }))
}

pub fn already_on() -> ApiError {
    ApiError::conflict("second_factor_on", "Your login has an authenticator app already.")
}
