//! `POST /api/auth/switch`: lets this session show another workspace of the caller's login. It is a sign-in to that one.

use crate::App;
use crate::refresh_session::refused;
use crate::session_view::SessionView;
use application::StoreError;
use application::identity::sessions;
use application::ports::store::found;
use axum::extract::State;
use domain::WorkspaceId;
use domain::workspace::access_record::AccessKind;
use domain::workspace::login::Membership;
use http_api::{ApiError, ApiResult, Caller, Device, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceSwitch {
    workspace: WorkspaceId,
    /// The session's refresh token; it is exchanged for the next one, as at a refresh.
    refresh_token: String,
}

#[utoipa::path(post, path = "/api/auth/switch", operation_id = "switch_workspace", request_body = WorkspaceSwitch,
    responses((status = 200, body = SessionView)))]
pub async fn switch_workspace(
    State(app): State<Arc<App>>,
    caller: Caller,
    device: Device,
    JsonBody(moved): JsonBody<WorkspaceSwitch>,
) -> ApiResult<JsonBody<SessionView>> {
    let signed_in = caller.signed_in()?;
    let mut login = app.logins.login(&signed_in.login).await?;
    let membership = login.membership(&moved.workspace).cloned();
    let user = match &membership {
        Some(Membership { workspace, user }) => found(app.users.get(workspace, user).await)?,
        None => None,
    };
    let (Some(membership), Some(user)) = (membership, user.filter(|user| !user.disabled)) else {
        return Err(ApiError::not_found("workspace"));
    };
    app.open_session(&caller).await?;
    let to = (&user, app.clock.now());
    let switched = sessions::switch(&*app.logins, (&*app.ids, &*app.keys), &moved.refresh_token, to).await?;
    let switched = switched.map_err(refused)?;
    let signed_in = (AccessKind::SignedIn, user.id.clone().into());
    app.access.note(&user.workspace, signed_in, device.origin(), None).await;
    login.put_first(membership);
    match app.logins.save_login(&login).await {
        // Another request changed the login: the next sign-in begins in the workspace that it was in before.
        Ok(_) | Err(StoreError::Conflict) => {}
        Err(other) => return Err(other.into()),
    }
    let workspace = app.workspaces.get(&user.workspace).await?;
    app.session_view(switched, (&login, user), workspace).await.map(JsonBody)
}
