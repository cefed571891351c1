//! `POST /api/auth/totp/recovery-codes`: replaces the recovery codes, which takes a code of the app.

use crate::App;
use crate::confirm_totp::RecoveryCodes;
use application::identity::second_factor::renew_recovery_codes as renew;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CurrentCode {
    /// Six digits of the app, or a recovery code.
    code: String,
}

#[utoipa::path(post, path = "/api/auth/totp/recovery-codes", operation_id = "renew_recovery_codes",
    request_body = CurrentCode, responses((status = 200, body = RecoveryCodes)))]
pub async fn renew_recovery_codes(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(given): JsonBody<CurrentCode>,
) -> ApiResult<JsonBody<RecoveryCodes>> {
    let (login, user) = app.open_session(&caller).await?;
    let login = app.accept_code(&login.id, &given.code).await?;
    let codes = renew(&*app.logins, &*app.ids, (login, user), app.clock.now()).await?;
    Ok(JsonBody(RecoveryCodes { codes }))
}
