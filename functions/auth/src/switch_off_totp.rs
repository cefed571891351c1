//! `POST /api/auth/totp/off`: switches two-step sign-in off, with the password or a code.

use crate::App;
use application::identity::second_factor::switch_off_second_factor;
use axum::extract::State;
use domain::event::Actor;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, ClientNetwork, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorOff {
    password: Option<String>,
    /// Six digits of the app, or a recovery code, in place of the password.
    code: Option<String>,
}

#[utoipa::path(post, path = "/api/auth/totp/off", operation_id = "switch_off_totp", request_body = SecondFactorOff,
    responses((status = 204)))]
pub async fn switch_off_totp(
    State(app): State<Arc<App>>,
    caller: Caller,
    network: ClientNetwork,
    JsonBody(given): JsonBody<SecondFactorOff>,
) -> ApiResult<StatusCode> {
    let (login, user) = app.open_session(&caller).await?;
    let login = match (given.password, given.code) {
        (Some(password), None) => {
            app.check_password(&login, ("password", &password), &network).await?;
            login
        }
        (None, Some(code)) => app.accept_code(&login.id, &code).await?,
        _ => return Err(ApiError::invalid("code", "is needed, or the password: one of the two")),
    };
    let by = Actor::User(user.id.clone());
    switch_off_second_factor(&*app.logins, (login, user), (by, app.clock.now())).await?;
    Ok(StatusCode::NO_CONTENT)
}
