//! `POST /api/auth/totp`: begins to set up two-step sign-in. Nothing is switched on before the app's first code.

use crate::App;
use application::identity::second_factor::begin_totp as begin;
use axum::extract::State;
use http_api::{ApiError, ApiResult, Caller, ClientNetwork, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSecondFactor {
    /// The caller's password: an access token alone locks nobody out.
    password: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SecondFactorSetup {
    /// The secret for an app that cannot read the QR code.
    pub secret: String,
    /// The address that the QR code shows.
    pub uri: String,
    /// The text to send with the app's first code, within half an hour.
    pub setup: String,
}

#[utoipa::path(post, path = "/api/auth/totp", operation_id = "begin_totp", request_body = NewSecondFactor,
    responses((status = 200, body = SecondFactorSetup)))]
pub async fn begin_totp(
    State(app): State<Arc<App>>,
    caller: Caller,
    network: ClientNetwork,
    JsonBody(given): JsonBody<NewSecondFactor>,
) -> ApiResult<JsonBody<SecondFactorSetup>> {
    let (login, _) = app.open_session(&caller).await?;
    if login.second_factor.is_some() {
        return Err(already_on());
    }
    app.check_password(&login, ("password", &given.password), &network).await?;
    let made = begin(&app.keys, &*app.ids, &login, app.clock.now());
    Ok(JsonBody(SecondFactorSetup { secret: made.secret, uri: made.uri, setup: made.setup }))
}

pub fn already_on() -> ApiError {
    ApiError::conflict("second_factor_on", "Two-step sign-in is on already.")
}
