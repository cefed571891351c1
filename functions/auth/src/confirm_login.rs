//! `POST /api/auth/confirm`: the user shows again that it is them, by a code or a passkey, or by the password where the
//! login has no second factor. For the next ten minutes the session may change how the login signs in.

use crate::App;
use crate::sign_in_by_passkey::UsedPasskey;
use application::identity::sessions::prove;
use axum::extract::State;
use domain::LoginId;
use domain::workspace::login::Login;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, ClientNetwork, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

/// One of the three.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerProof {
    /// Taken only where the login has no second factor.
    password: Option<String>,
    /// Six digits of the app, or a recovery code.
    code: Option<String>,
    passkey: Option<UsedPasskey>,
}

/// One of the two.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondProof {
    /// Six digits of the app, or a recovery code.
    code: Option<String>,
    passkey: Option<UsedPasskey>,
}

#[utoipa::path(post, path = "/api/auth/confirm", operation_id = "confirm_login", request_body = OwnerProof,
    responses((status = 204)))]
pub async fn confirm_login(
    State(app): State<Arc<App>>,
    caller: Caller,
    network: ClientNetwork,
    JsonBody(given): JsonBody<OwnerProof>,
) -> ApiResult<StatusCode> {
    let (login, _) = app.open_session(&caller).await?;
    match given {
        OwnerProof { password: Some(password), code: None, passkey: None } => {
            if login.has_second_factor() {
                return Err(ApiError::invalid("password", "is not enough: give a code, or use a passkey"));
            }
            app.check_password(&login, ("password", &password), &network).await?;
        }
        OwnerProof { password: None, code, passkey } => {
            app.accept_second_proof(&login.id, SecondProof { code, passkey }, &network).await?;
        }
        OwnerProof { .. } => return Err(ApiError::invalid("password", "stands alone, without the others")),
    }
    prove(&*app.logins, (&login.id, &caller.signed_in()?.session), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl App {
    /// Uses up a code or a passkey of this login. Returns the login as it is then.
    pub async fn accept_second_proof(
        &self,
        login: &LoginId,
        given: SecondProof,
        network: &ClientNetwork,
    ) -> ApiResult<Login> {
        match given {
            SecondProof { code: Some(code), passkey: None } => self.accept_code(login, &code, network).await,
            SecondProof { code: None, passkey: Some(passkey) } => {
                let used = self.accept_passkey(&passkey, network).await?;
                if used.id == *login {
                    return Ok(used);
                }
                self.note_refusal_of(login, network).await?;
                Err(ApiError::invalid("passkey", "belongs to another login"))
            }
            _ => Err(ApiError::invalid("code", "is needed, or a passkey: one of them")),
        }
    }
}
