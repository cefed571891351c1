//! `POST /api/auth/identities`: connects an account at a provider to the caller's login.

use crate::App;
use crate::attempt_cookie::AttemptCookie;
use crate::sign_in_by_provider::ProviderTicket;
use application::identity::provider_sign_in::{IdentityNotConnected, connect_identity as connect};
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/auth/identities", operation_id = "connect_identity",
    request_body = ProviderTicket, responses((status = 204)))]
pub async fn connect_identity(
    State(app): State<Arc<App>>,
    caller: Caller,
    AttemptCookie(cookie): AttemptCookie,
    JsonBody(given): JsonBody<ProviderTicket>,
) -> ApiResult<StatusCode> {
    let who = app.proven_session(&caller).await?;
    let ticket = app.ticket(&given.ticket, &cookie).await?;
    match connect(&*app.logins, who, ticket, app.clock.now()).await? {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(IdentityNotConnected::HasOne) => Err(ApiError::conflict(
            "provider_connected",
            "Your login has an account of this provider already. Disconnect it first.",
        )),
        Err(IdentityNotConnected::Taken) => Err(ApiError::conflict(
            "identity_taken",
            "This account is connected to another login. Disconnect it there first.",
        )),
    }
}
