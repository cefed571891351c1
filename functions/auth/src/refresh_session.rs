//! `POST /api/auth/refresh`: spends a refresh token for the next pair.

use crate::App;
use crate::session_view::SessionView;
use application::StoreError;
use application::sessions::{self, Refusal};
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiError, ApiResult, ClientNetwork, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    refresh_token: String,
}

#[utoipa::path(post, path = "/api/auth/refresh", operation_id = "refresh_session", request_body = RefreshRequest,
    responses((status = 200, body = SessionView)))]
pub async fn refresh_session(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    JsonBody(given): JsonBody<RefreshRequest>,
) -> ApiResult<JsonBody<SessionView>> {
    app.limit_refreshes(&network).await?;
    let now = app.clock.now();
    let spent = sessions::refresh(&*app.users, &*app.ids, &given.refresh_token, now).await?;
    let (session, token) = spent.map_err(|refusal| match refusal {
        Refusal::Unknown | Refusal::Expired => ApiError::unauthorized("This sign-in is over. Sign in again."),
        Refusal::Reused => ApiError::new(
            StatusCode::UNAUTHORIZED,
            "token_reused",
            "This token was used before, so the sign-in was ended. Sign in again.",
        ),
    })?;
    let user = match app.users.get(&session.workspace, &session.user).await {
        Ok(user) if !user.disabled => user,
        Ok(_) | Err(StoreError::NotFound) => {
            sessions::close(&*app.users, &session.id).await?;
            return Err(ApiError::unauthorized("This sign-in is over. Sign in again."));
        }
        Err(other) => return Err(other.into()),
    };
    let workspace = app.workspaces.get(&user.workspace).await?;
    Ok(JsonBody(app.session_view(&session, token, user, workspace)))
}
