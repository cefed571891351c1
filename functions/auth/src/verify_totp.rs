//! `POST /api/auth/totp/verify`: the second step of a sign-in. A code of the app or a recovery code opens what the
//! password alone did not: a session, or the workspace of an invitation.

use crate::App;
use crate::accept_invitation::{login_changed, refused};
use crate::refresh_session::over;
use crate::session_view::SessionView;
use application::StoreError;
use application::identity::invitations::{Proof, join_by_invitation};
use application::identity::sign_in_challenge::{AfterCode, Challenge};
use application::ports::store::found;
use axum::extract::State;
use domain::workspace::login::Login;
use domain::workspace::user::User;
use http_api::{ApiError, ApiResult, ClientNetwork, Device, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorCode {
    /// The token that came in place of a session.
    token: String,
    /// Six digits of the app, or a recovery code.
    code: String,
}

#[utoipa::path(post, path = "/api/auth/totp/verify", operation_id = "verify_totp", request_body = SecondFactorCode,
    responses((status = 200, body = SessionView)))]
pub async fn verify_totp(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    device: Device,
    JsonBody(given): JsonBody<SecondFactorCode>,
) -> ApiResult<JsonBody<SessionView>> {
    app.limit_flood("code", &network).await?;
    let challenge = app.open_challenge(&given.token).await?;
    let login = app.accept_code(&challenge.login, &given.code, &network).await?;
    // A password that was changed between the two reads ends what was asked with the former one.
    if login.credentials != challenge.credentials {
        return Err(expired());
    }
    let who = app.opened(login, challenge.then).await?;
    app.sign_in(who, device).await
}

impl App {
    /// Opens the token of a second step, while the login is as it was when its password was right.
    pub async fn open_challenge(&self, token: &str) -> ApiResult<Challenge> {
        let challenge = Challenge::open(&self.keys, token, self.clock.now()).ok_or_else(expired)?;
        let login = found(self.logins.login(&challenge.login).await)?.ok_or_else(expired)?;
        match login.credentials == challenge.credentials && login.has_second_factor() {
            true => Ok(challenge),
            false => Err(expired()),
        }
    }

    /// Returns the user whom the second step lets in.
    pub async fn opened(&self, login: Login, then: AfterCode) -> ApiResult<(Login, User)> {
        match then {
            AfterCode::SignIn(membership) => {
                let is_member = login.memberships.contains(&membership);
                let user = found(self.users.get(&membership.workspace, &membership.user).await)?;
                let user = user.filter(|user| is_member && !user.disabled).ok_or_else(expired)?;
                Ok((login, user))
            }
            AfterCode::Join { token, name } => {
                let who = (token.as_str(), name.as_str(), Proof::Code(&login.id));
                let stores = (&*self.logins, &*self.users);
                match join_by_invitation(stores, &*self.ids, who, self.clock.now()).await {
                    Ok(joined) => joined.map_err(refused),
                    Err(StoreError::Conflict) => Err(login_changed()),
                    Err(other) => Err(other.into()),
                }
            }
        }
    }
}

pub fn expired() -> ApiError {
    over("challenge_expired", "This sign-in took too long. Sign in again.")
}
