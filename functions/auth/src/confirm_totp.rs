//! `POST /api/auth/totp/confirm`: takes the authenticator app, with its first code. Where it is the login's first second
//! factor, the answer has the recovery codes, and a new session: all others have ended.

use crate::App;
use crate::begin_totp::already_on;
use crate::session_view::SessionView;
use application::identity::second_factor::{NotConfirmed, confirm_totp as confirm};
use axum::extract::State;
use domain::workspace::login::Login;
use domain::workspace::user::User;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, ClientNetwork, Device, JsonBody, axum, utoipa};
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

/// What came with a second factor.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SecondFactorOn {
    /// What came with the first one; none where the login had another one before.
    pub first: Option<FirstSecondFactor>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FirstSecondFactor {
    /// Codes that sign in once each where the second factor is lost. They are shown this one time.
    pub codes: Vec<String>,
    /// The session in place of the caller's, which has ended with all others.
    pub session: SessionView,
}

#[utoipa::path(post, path = "/api/auth/totp/confirm", operation_id = "confirm_totp", request_body = FirstCode,
    responses((status = 200, body = SecondFactorOn)))]
pub async fn confirm_totp(
    State(app): State<Arc<App>>,
    caller: Caller,
    network: ClientNetwork,
    device: Device,
    JsonBody(given): JsonBody<FirstCode>,
) -> ApiResult<JsonBody<SecondFactorOn>> {
    let who = app.open_session(&caller).await?;
    app.limit_flood("code", &network).await?;
    let (makers, now) = ((&*app.keys, &*app.ids), app.clock.now());
    let on = confirm(&*app.logins, makers, who, (&given.setup, &given.code), now).await?;
    let on = on.map_err(|why| match why {
        NotConfirmed::WrongCode => ApiError::invalid(
            "code",
            "is not the code that your app shows now. Check the clock of your device",
        ),
        NotConfirmed::DeadSetup => {
            ApiError::new(StatusCode::GONE, "setup_expired", "This took too long. Begin again.")
        }
        NotConfirmed::AlreadyOn => already_on(),
    })?;
    let first = app.first_second_factor(on.recovery_codes, (on.login, on.user), device).await?;
    Ok(JsonBody(SecondFactorOn { first }))
}

impl App {
    /// Opens the session in place of those that have ended with the first second factor.
    pub async fn first_second_factor(
        &self,
        codes: Option<Vec<String>>,
        who: (Login, User),
        device: Device,
    ) -> ApiResult<Option<FirstSecondFactor>> {
        let Some(codes) = codes else { return Ok(None) };
        let JsonBody(session) = self.sign_in_proven(who, (device, self.clock.now())).await?;
        Ok(Some(FirstSecondFactor { codes, session }))
    }
}
