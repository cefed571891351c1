//! `GET /api/auth/sessions`: the devices on which the caller is signed in.

use crate::App;
use application::identity::sessions::open_sessions;
use axum::extract::State;
use domain::SessionId;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OpenSessions {
    /// The session used last comes first.
    pub items: Vec<OpenSession>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OpenSession {
    pub id: SessionId,
    /// Whether the request belongs to this session.
    pub current: bool,
    /// Browser and system, as the browser names them; none if it does not say.
    pub device: Option<String>,
    pub created_at: Timestamp,
    pub used_at: Timestamp,
    pub expires_at: Timestamp,
}

#[utoipa::path(get, path = "/api/auth/sessions", operation_id = "list_sessions",
    responses((status = 200, body = OpenSessions)))]
pub async fn list_sessions(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<OpenSessions>> {
    let signed_in = caller.signed_in()?;
    let sessions = open_sessions(&*app.logins, &signed_in.login, app.clock.now()).await?;
    let shown = sessions.into_iter().map(|session| OpenSession {
        current: session.id == signed_in.session,
        id: session.id,
        device: session.device,
        created_at: session.created_at,
        used_at: session.used_at,
        expires_at: session.expires_at,
    });
    Ok(JsonBody(OpenSessions { items: shown.collect() }))
}
