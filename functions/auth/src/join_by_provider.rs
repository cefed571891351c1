//! `POST /api/auth/provider-invitation`: accepts an invitation by an account at a provider: one that is connected to the login
//! of the invited address, or, where that has none, one whose address is the invited one and checked by the provider.

use crate::App;
use crate::accept_invitation::{login_changed, refused};
use crate::attempt_cookie::AttemptCookie;
use crate::session_view::SignInAnswer;
use application::StoreError;
use application::identity::invitations::{NotJoined, Proof, join_by_invitation};
use application::identity::sign_in_challenge::AfterCode;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiResult, ClientNetwork, Device, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderInvitation {
    /// The ticket behind `#ticket=` in the address that the provider's page led to.
    ticket: String,
    /// The token behind `#token=` in the invitation link.
    token: String,
    name: String,
}

#[utoipa::path(post, path = "/api/auth/provider-invitation", operation_id = "join_by_provider",
    request_body = ProviderInvitation,
    responses((status = 201, body = SignInAnswer), (status = 200, body = SignInAnswer)))]
pub async fn join_by_provider(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    device: Device,
    AttemptCookie(cookie): AttemptCookie,
    JsonBody(given): JsonBody<ProviderInvitation>,
) -> ApiResult<(StatusCode, JsonBody<SignInAnswer>)> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &given.name, 120);
    errors.finish()?;
    app.limit_flood("invitation", &network).await?;
    let ticket = app.ticket(&given.ticket, &cookie).await?;
    let proven_at = ticket.proven_at(app.clock.now());
    let who = (given.token.as_str(), name.as_str(), Proof::Account(&ticket));
    let stores = (&*app.logins, &*app.users);
    let joined = match join_by_invitation(stores, &*app.ids, who, app.clock.now()).await {
        Ok(joined) => joined,
        Err(StoreError::Conflict) => return Err(login_changed()),
        Err(other) => return Err(other.into()),
    };
    if matches!(joined, Err(NotJoined::CodeNeeded))
        && let Some(login) = ticket.login(&*app.logins).await?
    {
        let then = AfterCode::Join { token: given.token, name };
        return Ok((StatusCode::OK, JsonBody(app.second_step(&login, then))));
    }
    let JsonBody(session) = app.sign_in_since(joined.map_err(refused)?, (device, proven_at)).await?;
    Ok((StatusCode::CREATED, JsonBody(SignInAnswer::Session(Box::new(session)))))
}
