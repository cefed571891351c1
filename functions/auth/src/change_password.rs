//! `POST /api/auth/password`: changes the signed-in user's password. Every other session ends; this one goes
//! on with new tokens.

use crate::App;
use crate::session_view::SessionView;
use application::identity::password_reset::set_password;
use application::identity::passwords::{password_fault, password_matches};
use axum::extract::State;
use domain::workspace::login::Login;
use http_api::{ApiError, ApiResult, Caller, ClientNetwork, Device, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    current_password: String,
    /// The password has at least 10 characters.
    new_password: String,
}

#[utoipa::path(post, path = "/api/auth/password", operation_id = "change_password", request_body = PasswordChange,
    responses((status = 200, body = SessionView)))]
pub async fn change_password(
    State(app): State<Arc<App>>,
    caller: Caller,
    network: ClientNetwork,
    device: Device,
    JsonBody(change): JsonBody<PasswordChange>,
) -> ApiResult<JsonBody<SessionView>> {
    if let Some(why) = password_fault(&change.new_password) {
        return Err(ApiError::invalid("new_password", why));
    }
    let (login, user, session) = app.whole_session(&caller).await?;
    app.check_password(&login, ("current_password", &change.current_password), &network).await?;
    let now = app.clock.now();
    // The password alone is no proof where the login has a second factor.
    let proven_at = if login.has_second_factor() { session.proven_at } else { now };
    let new = (change.new_password.as_str(), now);
    let who = set_password(&*app.logins, &*app.ids, (login, user), new).await?;
    app.sign_in_proven(who, (device, proven_at)).await
}

impl App {
    /// Answers 422 on `field` where this is not the login's password, and 429 after too many of them.
    pub async fn check_password(
        &self,
        login: &Login,
        (field, password): (&str, &str),
        network: &ClientNetwork,
    ) -> ApiResult<()> {
        let tries = self.count_attempt("password", login.id.as_str(), network).await?;
        if !password_matches(password, Some(&login.password_hash)) {
            self.note_refusal(login, network.origin()).await;
            return Err(ApiError::invalid(field, "is not your current password"));
        }
        self.clear_attempts(tries).await
    }
}
