//! `POST /api/auth/passkey/begin`: begins a sign-in by a passkey. It names no login: the device knows which ones it has.

use crate::App;
use application::identity::passkeys::{PASSKEY_ATTEMPT_LASTS, PasskeyAttempt, passkey_host};
use axum::extract::State;
use http_api::{ApiResult, ClientNetwork, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

/// What a browser asks a device for. Bytes are base 64 for URLs.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PasskeyChallenge {
    /// The text to send with what the device says.
    pub attempt: String,
    pub challenge: String,
    /// The host for which the device keeps its passkeys.
    pub host: String,
    /// Milliseconds for which the attempt is good.
    pub timeout: i64,
}

#[utoipa::path(post, path = "/api/auth/passkey/begin", operation_id = "begin_passkey_sign_in",
    responses((status = 200, body = PasskeyChallenge)))]
pub async fn begin_passkey_sign_in(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
) -> ApiResult<JsonBody<PasskeyChallenge>> {
    app.limit_flood("passkey", &network).await?;
    let attempt = PasskeyAttempt::to_use(&*app.ids, app.clock.now());
    Ok(JsonBody(PasskeyChallenge {
        attempt: attempt.seal(&app.keys),
        challenge: attempt.challenge,
        host: passkey_host(&app.public_url).to_owned(),
        timeout: PASSKEY_ATTEMPT_LASTS.as_secs() * 1_000,
    }))
}
