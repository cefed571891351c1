//! `POST /api/auth/totp/confirm`: switches two-step sign-in on, with the app's first code, and shows the recovery codes.

use crate::App;
use crate::begin_totp::already_on;
use application::identity::second_factor::{NotConfirmed, confirm_totp as confirm};
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, ClientNetwork, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstCode {
    /// The text that came with the secret.
    setup: String,
    /// The six digits that the app shows.
    code: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecoveryCodes {
    /// Codes that sign in once each where the app is lost. They are shown this one time.
    pub codes: Vec<String>,
}

#[utoipa::path(post, path = "/api/auth/totp/confirm", operation_id = "confirm_totp", request_body = FirstCode,
    responses((status = 200, body = RecoveryCodes)))]
pub async fn confirm_totp(
    State(app): State<Arc<App>>,
    caller: Caller,
    network: ClientNetwork,
    JsonBody(given): JsonBody<FirstCode>,
) -> ApiResult<JsonBody<RecoveryCodes>> {
    let who = app.open_session(&caller).await?;
    app.limit_flood("code", &network).await?;
    let (makers, now) = ((&*app.keys, &*app.ids), app.clock.now());
    let made = confirm(&*app.logins, makers, who, (&given.setup, &given.code), now).await?;
    let codes = made.map_err(|why| match why {
        NotConfirmed::WrongCode => ApiError::invalid(
            "code",
            "is not the code that your app shows now. Check the clock of your device",
        ),
        NotConfirmed::DeadSetup => {
            ApiError::new(StatusCode::GONE, "setup_expired", "This took too long. Begin again.")
        }
        NotConfirmed::AlreadyOn => already_on(),
    })?;
    Ok(JsonBody(RecoveryCodes { codes }))
}
