//! `POST /api/auth/provider-sign-up`: does what a sign-up does, with an account at a provider in place of address and password.
//! The provider has to say that it has checked the account's address.

use crate::App;
use crate::attempt_cookie::AttemptCookie;
use crate::session_view::SessionView;
use crate::sign_in_by_provider::not_verified;
use crate::sign_up::NewWorkspace;
use application::identity::sign_up::SignUpBy;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiError, ApiResult, ClientNetwork, Device, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderSignUp {
    /// The ticket behind `#ticket=` in the address that the provider's page led to.
    ticket: String,
    name: String,
    workspace_name: String,
    /// Two letters; `US` if left out. Decides how phone numbers without a country code are read.
    country: Option<String>,
    /// An IANA time zone; the country's if left out.
    zone: Option<String>,
    /// An ISO 4217 code; `USD` if left out.
    currency: Option<String>,
    /// The setup code, which the first sign-up of an installation needs. Its operator can read it.
    setup_code: Option<String>,
}

#[utoipa::path(post, path = "/api/auth/provider-sign-up", operation_id = "sign_up_by_provider",
    request_body = ProviderSignUp, responses((status = 201, body = SessionView)))]
pub async fn sign_up_by_provider(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    device: Device,
    AttemptCookie(cookie): AttemptCookie,
    JsonBody(new): JsonBody<ProviderSignUp>,
) -> ApiResult<(StatusCode, JsonBody<SessionView>)> {
    app.limit_flood("provider", &network).await?;
    let ticket = app.ticket(&new.ticket, &cookie).await?;
    if ticket.login(&*app.logins).await?.is_some() {
        let detail = "This account is connected to a login already. Sign in with it.";
        return Err(ApiError::conflict("identity_taken", detail));
    }
    let email = ticket.verified_email().ok_or_else(not_verified)?;
    app.limit("signup", email.as_str(), &network).await?;
    if app.logins.by_email(&email).await?.is_some() {
        let detail = "This address has a login already. Sign in, then connect the account in your profile.";
        return Err(ApiError::conflict("email_taken", detail));
    }
    let workspace = NewWorkspace {
        name: new.name,
        workspace_name: new.workspace_name,
        country: new.country,
        zone: new.zone,
        currency: new.currency,
    };
    let by = SignUpBy::Account(ticket.identity(app.clock.now()));
    let asked = workspace.checked(FieldErrors::default(), Some(email), by)?;
    app.opens(new.setup_code.as_deref(), asked, device).await
}
