//! `POST /api/auth/passkey/sign-in`: signs in by a passkey, which stands for password and code. With the token of a second
//! step it opens what the password alone did not.

use crate::App;
use crate::refresh_session::over;
use crate::session_view::SessionView;
use crate::verify_totp::expired;
use application::identity::memberships::active_user;
use application::identity::passkeys::{PasskeyAnswer, PasskeyRefusal, use_passkey};
use axum::extract::State;
use domain::LoginId;
use domain::event::{Event, EventKind};
use domain::workspace::login::Login;
use http::StatusCode;
use http_api::{ApiError, ApiResult, ClientNetwork, Device, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeySignIn {
    passkey: UsedPasskey,
    /// The token that came in place of a session, where the passkey is the second step.
    token: Option<String>,
}

/// What a device says when a passkey is used. Bytes are base 64 for URLs.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UsedPasskey {
    /// The text that came with the challenge.
    attempt: String,
    /// The device's id of the key.
    credential: String,
    client_data: String,
    authenticator_data: String,
    signature: String,
    user_handle: String,
}

#[utoipa::path(post, path = "/api/auth/passkey/sign-in", operation_id = "sign_in_by_passkey",
    request_body = PasskeySignIn, responses((status = 200, body = SessionView)))]
pub async fn sign_in_by_passkey(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    device: Device,
    JsonBody(given): JsonBody<PasskeySignIn>,
) -> ApiResult<JsonBody<SessionView>> {
    app.limit_flood("passkey", &network).await?;
    let challenge = match &given.token {
        Some(token) => Some(app.open_challenge(token).await?),
        None => None,
    };
    let login = app.accept_passkey(&given.passkey, &network).await?;
    let who = match challenge {
        Some(challenge) if challenge.login != login.id => {
            app.note_refusal_of(&challenge.login, &network).await?;
            return Err(ApiError::invalid("passkey", "belongs to another login"));
        }
        Some(challenge) if challenge.credentials != login.credentials => return Err(expired()),
        Some(challenge) => app.opened(login, challenge.then).await?,
        None => match active_user(&*app.users, &login).await? {
            Some(user) => (login, user),
            None => return Err(over("account_disabled", "You were deactivated. Ask an admin of your team.")),
        },
    };
    app.sign_in(who, device).await
}

impl App {
    /// Uses a passkey of whichever login has it. Answers 422 to one that is not valid, and 429 after too many of them.
    pub async fn accept_passkey(&self, used: &UsedPasskey, network: &ClientNetwork) -> ApiResult<Login> {
        let answer = PasskeyAnswer {
            attempt: &used.attempt,
            credential: &used.credential,
            client_data: &used.client_data,
            authenticator_data: &used.authenticator_data,
            signature: &used.signature,
            user_handle: &used.user_handle,
        };
        let claimed = answer.claimed_login();
        let name = claimed.as_ref().map_or("no login", LoginId::as_str);
        let tries = self.count_attempt("passkey", name, network).await?;
        let (stores, site) = ((&*self.logins, &*self.limits), (&*self.keys, &*self.public_url));
        match use_passkey(stores, site, answer, self.clock.now()).await? {
            Ok(login) => {
                self.clear_attempts(tries).await?;
                Ok(login)
            }
            Err(PasskeyRefusal::DeadAttempt) => Err(attempt_expired()),
            Err(PasskeyRefusal::UserNotVerified) => {
                self.note_claimed(claimed.as_ref(), network).await?;
                Err(user_not_verified())
            }
            Err(PasskeyRefusal::NotValid) => {
                self.note_claimed(claimed.as_ref(), network).await?;
                Err(ApiError::invalid("passkey", "is not known here. Sign in with your password"))
            }
            Err(PasskeyRefusal::Copied(login)) => {
                self.note_refusal(&login, network.origin()).await;
                self.tell_of_copy(&login).await?;
                let detail = "This passkey may have been copied, so it signs nobody in. Sign in with your password, then \
                              remove it in your profile.";
                Err(ApiError::new(StatusCode::FORBIDDEN, "passkey_copied", detail))
            }
        }
    }

    /// Notes a refused passkey at the login that it claims to be of.
    async fn note_claimed(&self, claimed: Option<&LoginId>, network: &ClientNetwork) -> ApiResult<()> {
        match claimed {
            Some(login) => Ok(self.note_refusal_of(login, network).await?),
            None => Ok(()),
        }
    }

    /// Writes into the log of the login's workspace that a passkey was refused as a copy.
    async fn tell_of_copy(&self, login: &Login) -> ApiResult<()> {
        tracing::warn!(login.id = %login.id, "a passkey has counted fewer signatures than before");
        if let Some(user) = active_user(&*self.users, login).await? {
            let event = Event::system(EventKind::PasskeyCopied, self.clock.now());
            self.users.save(&user, &event).await?;
        }
        Ok(())
    }
}

pub fn attempt_expired() -> ApiError {
    let detail = "This took too long, or was done before. Try again.";
    ApiError::new(StatusCode::GONE, "attempt_expired", detail)
}

pub fn user_not_verified() -> ApiError {
    let detail = "needs a device that checks your finger, your face or a PIN";
    ApiError::invalid("passkey", detail)
}
