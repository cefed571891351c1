//! `POST /api/auth/refresh`: exchanges a refresh token for the next pair of tokens. Repeated within half a minute, because
//! the answer was lost, it gives the same refresh token again.

use crate::App;
use crate::session_view::SessionView;
use application::StoreError;
use application::identity::sessions;
use application::identity::sessions::Refusal;
use application::ports::store::found;
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
    app.limit_flood("refresh", &network).await?;
    let now = app.clock.now();
    let spent = sessions::refresh(&*app.logins, (&*app.ids, &*app.keys), &given.refresh_token, now).await?;
    let (session, token) = spent.map_err(refused)?;
    let login = found(app.logins.login(&session.login).await)?;
    let credentials = login.as_ref().map(|login| login.credentials);
    let user = match app.users.get(&session.workspace, &session.user).await {
        Ok(user) if user.disabled => {
            sessions::close(&*app.logins, (&session.login, &session.id)).await?;
            return Err(over(
                "account_disabled",
                "You were deactivated in this workspace. Ask an admin of your team, or sign in to another workspace.",
            ));
        }
        Ok(_) if credentials != Some(session.credentials) => {
            sessions::close(&*app.logins, (&session.login, &session.id)).await?;
            let detail = "Your password was changed, or your other sessions were ended. Sign in again.";
            return Err(over("credentials_changed", detail));
        }
        Ok(user) => user,
        Err(StoreError::NotFound) => {
            sessions::close(&*app.logins, (&session.login, &session.id)).await?;
            return Err(over("unauthorized", "Your session has ended. Sign in again."));
        }
        Err(other) => return Err(other.into()),
    };
    let login =
        login.ok_or_else(|| ApiError::internal("a login whose credentials were compared is there"))?;
    let workspace = app.workspaces.get(&user.workspace).await?;
    app.session_view((session, token), (&login, user), workspace).await.map(JsonBody)
}

/// Says why a refresh token is refused.
pub fn refused(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::Unknown => over("unauthorized", "Your session has ended. Sign in again."),
        Refusal::Expired => {
            over("session_expired", "You signed in 30 days ago, or were away for two weeks. Sign in again.")
        }
        Refusal::Ended => over("session_ended", "Your session was ended. Sign in again."),
        Refusal::Reused => over("token_reused", "You were signed out to be safe. Sign in again."),
    }
}

/// The 401 of an ended session; `code` tells the app why it ended.
pub fn over(code: &'static str, detail: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, code, detail)
}
