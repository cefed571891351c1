//! `DELETE /api/auth/passkeys/{id}`: removes a passkey from the caller's login.

use crate::App;
use application::identity::passkeys::remove_passkey as remove;
use application::{StoreError, StoreResult};
use axum::extract::State;
use domain::workspace::login::LastWayIn;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/auth/passkeys/{id}", operation_id = "remove_passkey",
    params(("id" = String, Path)), responses((status = 204)))]
pub async fn remove_passkey(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> ApiResult<StatusCode> {
    let who = app.proven_session(&caller).await?;
    let removed = remove(&*app.logins, who, &id, app.clock.now()).await;
    unless_missing(removed)?.map_err(last_way_in)?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn unless_missing<T>(done: StoreResult<T>) -> ApiResult<T> {
    done.map_err(|error| match error {
        StoreError::NotFound => ApiError::not_found("passkey"),
        other => other.into(),
    })
}

pub fn last_way_in(LastWayIn: LastWayIn) -> ApiError {
    let detail =
        "Nothing else signs you in. Set a password first, by \u{201c}Forgot it?\u{201d} on the sign-in page.";
    ApiError::conflict("last_way_in", detail)
}
