//! `POST /api/auth/logout-others`: ends every other session of the signed-in user; this one goes on with new
//! tokens.

use crate::App;
use crate::session_view::SessionView;
use application::identity::password_reset::end_sessions;
use axum::extract::State;
use http_api::{ApiResult, Caller, Device, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/auth/logout-others", operation_id = "log_out_others",
    responses((status = 200, body = SessionView)))]
pub async fn log_out_others(
    State(app): State<Arc<App>>,
    caller: Caller,
    device: Device,
) -> ApiResult<JsonBody<SessionView>> {
    let (login, user, session) = app.whole_session(&caller).await?;
    let who = end_sessions(&*app.logins, (login, user), app.clock.now()).await?;
    // The new session is no fresher than the one that asks for it.
    app.sign_in_proven(who, (device, session.proven_at)).await
}
