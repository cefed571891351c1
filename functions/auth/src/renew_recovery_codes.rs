//! `POST /api/auth/totp/recovery-codes`: replaces the recovery codes, which takes a code or a passkey.

use crate::App;
use crate::confirm_login::SecondProof;
use application::identity::second_factor::renew_recovery_codes as renew;
use axum::extract::State;
use http_api::{ApiResult, Caller, ClientNetwork, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecoveryCodes {
    /// Codes that sign in once each where the second factor is lost. They are shown this one time.
    pub codes: Vec<String>,
}

#[utoipa::path(post, path = "/api/auth/totp/recovery-codes", operation_id = "renew_recovery_codes",
    request_body = SecondProof, responses((status = 200, body = RecoveryCodes)))]
pub async fn renew_recovery_codes(
    State(app): State<Arc<App>>,
    caller: Caller,
    network: ClientNetwork,
    JsonBody(given): JsonBody<SecondProof>,
) -> ApiResult<JsonBody<RecoveryCodes>> {
    let (login, user) = app.open_session(&caller).await?;
    let login = app.accept_second_proof(&login.id, given, &network).await?;
    let codes = renew(&*app.logins, &*app.ids, (login, user), app.clock.now()).await?;
    Ok(JsonBody(RecoveryCodes { codes }))
}
