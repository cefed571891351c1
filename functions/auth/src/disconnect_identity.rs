//! `DELETE /api/auth/identities/{provider}`: disconnects the provider's account from the caller's login, which goes on with
//! what else signs it in.

use crate::App;
use crate::remove_passkey::last_way_in;
use application::StoreError;
use application::identity::provider_sign_in::disconnect_identity as disconnect;
use axum::extract::State;
use domain::workspace::identity::SignInProvider;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/auth/identities/{provider}", operation_id = "disconnect_identity",
    params(("provider" = SignInProvider, Path)), responses((status = 204)))]
pub async fn disconnect_identity(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(provider): PathOf<SignInProvider>,
) -> ApiResult<StatusCode> {
    let who = app.proven_session(&caller).await?;
    match disconnect(&*app.logins, who, provider, app.clock.now()).await {
        Ok(done) => done.map(|()| StatusCode::NO_CONTENT).map_err(last_way_in),
        Err(StoreError::NotFound) => Err(ApiError::not_found("connected account")),
        Err(other) => Err(other.into()),
    }
}
