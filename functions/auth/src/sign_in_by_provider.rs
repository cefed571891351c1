//! `POST /api/auth/provider-sign-in`: signs in the login that an account at a provider is connected to, or asks for the code
//! of its second step.

use crate::App;
use crate::attempt_cookie::AttemptCookie;
use crate::refresh_session::over;
use crate::session_view::SignInAnswer;
use application::identity::memberships::active_user;
use application::identity::provider_sign_in::SignInTicket;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiError, ApiResult, ClientNetwork, Device, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderTicket {
    /// The ticket behind `#ticket=` in the address that the provider's page led to.
    pub ticket: String,
}

#[utoipa::path(post, path = "/api/auth/provider-sign-in", operation_id = "sign_in_by_provider",
    request_body = ProviderTicket, responses((status = 200, body = SignInAnswer)))]
pub async fn sign_in_by_provider(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    device: Device,
    AttemptCookie(cookie): AttemptCookie,
    JsonBody(given): JsonBody<ProviderTicket>,
) -> ApiResult<JsonBody<SignInAnswer>> {
    app.limit_flood("provider", &network).await?;
    let ticket = app.ticket(&given.ticket, &cookie).await?;
    let login = ticket.login(&*app.logins).await?.ok_or_else(not_connected)?;
    match active_user(&*app.users, &login).await? {
        Some(user) => {
            let proven_at = ticket.proven_at(app.clock.now());
            app.sign_in_or_ask((login, user), (device, proven_at)).await
        }
        None => Err(over("account_disabled", "You were deactivated. Ask an admin of your team.")),
    }
}

impl App {
    pub async fn ticket(&self, ticket: &str, cookie: &str) -> ApiResult<SignInTicket> {
        let ticket =
            SignInTicket::take(&self.keys, &*self.limits, (ticket, cookie), self.clock.now()).await?;
        ticket.ok_or_else(|| {
            ApiError::new(
                StatusCode::GONE,
                "ticket_expired",
                "This took too long, or was done before. Try again.",
            )
        })
    }
}

pub fn not_verified() -> ApiError {
    let detail = "The provider does not say that the address of this account is yours. Sign up or join with a password, then \
                  connect the account in your profile.";
    ApiError::new(StatusCode::FORBIDDEN, "email_not_verified", detail)
}

fn not_connected() -> ApiError {
    let detail = "This account is not connected to a login. Sign in with your password, then connect it in your profile.";
    ApiError::new(StatusCode::FORBIDDEN, "not_connected", detail)
}
