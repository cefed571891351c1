//! `DELETE /api/auth/sessions/{id}`: ends one of the caller's sessions. Its device is signed out within a minute.

use crate::App;
use application::identity::sessions;
use axum::extract::State;
use domain::SessionId;
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/auth/sessions/{id}", operation_id = "end_session",
    params(("id" = SessionId, Path)), responses((status = 204)))]
pub async fn end_session(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SessionId>,
) -> ApiResult<StatusCode> {
    let login = &caller.signed_in()?.login;
    // The session is looked for among the caller's own.
    app.logins.session(login, &id).await?;
    sessions::close(&*app.logins, (login, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
