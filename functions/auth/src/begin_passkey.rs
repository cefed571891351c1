//! `POST /api/auth/passkeys`: begins to add a passkey to the caller's login. The answer is what the browser asks a device for.

use crate::App;
use application::identity::passkeys::{
    KEY_KINDS, PASSKEY_ATTEMPT_LASTS, PasskeyAttempt, passkey_host, user_handle,
};
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

/// What a browser asks a device for. Bytes are base 64 for URLs.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PasskeyRequest {
    /// The text to send with what the device says.
    pub attempt: String,
    pub challenge: String,
    /// The host for which the device keeps the passkey.
    pub host: String,
    /// The bytes by which the device knows the login.
    pub user_handle: String,
    /// The address to sign in with, which the device shows.
    pub email: String,
    /// The user's name, which the device shows.
    pub name: String,
    /// The kinds of keys that we take, by their numbers in the standard.
    pub key_kinds: Vec<i32>,
    /// The keys that the login has: their devices make no other one.
    pub known: Vec<String>,
    /// Milliseconds for which the attempt is good.
    pub timeout: i64,
}

#[utoipa::path(post, path = "/api/auth/passkeys", operation_id = "begin_passkey",
    responses((status = 200, body = PasskeyRequest)))]
pub async fn begin_passkey(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PasskeyRequest>> {
    let (login, user) = app.proven_session(&caller).await?;
    let attempt = PasskeyAttempt::to_add(&*app.ids, &login, app.clock.now());
    Ok(JsonBody(PasskeyRequest {
        attempt: attempt.seal(&app.keys),
        challenge: attempt.challenge,
        host: passkey_host(&app.public_url).to_owned(),
        user_handle: user_handle(&login.id),
        email: login.email.to_string(),
        name: user.name,
        key_kinds: KEY_KINDS.to_vec(),
        known: login.passkeys.into_iter().map(|passkey| passkey.credential).collect(),
        timeout: PASSKEY_ATTEMPT_LASTS.as_secs() * 1_000,
    }))
}
