//! `GET /api/auth/workspaces`: the workspaces that the caller's login opens.

use crate::App;
use crate::refresh_session::over;
use application::ports::store::found;
use axum::extract::State;
use domain::WorkspaceId;
use domain::workspace::login::{Login, Session};
use domain::workspace::user::{Role, User};
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnWorkspaces {
    /// The workspace used last comes first.
    pub items: Vec<OwnWorkspace>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnWorkspace {
    pub id: WorkspaceId,
    pub name: String,
    pub role: Role,
    /// Whether the request belongs to this workspace.
    pub current: bool,
}

#[utoipa::path(get, path = "/api/auth/workspaces", operation_id = "list_workspaces",
    responses((status = 200, body = OwnWorkspaces)))]
pub async fn list_workspaces(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<OwnWorkspaces>> {
    let login = app.logins.login(&caller.signed_in()?.login).await?;
    let mut items = Vec::new();
    for membership in &login.memberships {
        let user = found(app.users.get(&membership.workspace, &membership.user).await)?;
        let Some(user) = user.filter(|user| !user.disabled) else { continue };
        let workspace = app.workspaces.get(&membership.workspace).await?;
        items.push(OwnWorkspace {
            current: workspace.id == caller.workspace,
            id: workspace.id,
            name: workspace.name,
            role: user.role,
        });
    }
    Ok(JsonBody(OwnWorkspaces { items }))
}

impl App {
    /// Does what `login_and_user` does, where a new session comes of it: an access token outlives its session by minutes,
    /// and MUST NOT begin another one.
    pub async fn open_session(&self, caller: &Caller) -> ApiResult<(Login, User)> {
        self.whole_session(caller).await.map(|(login, user, _)| (login, user))
    }

    /// Does what `open_session` does, and returns the session, too.
    pub async fn whole_session(&self, caller: &Caller) -> ApiResult<(Login, User, Session)> {
        let (login, user) = self.login_and_user(caller).await?;
        let session = found(self.logins.session(&login.id, &caller.signed_in()?.session).await)?;
        let is_open = |session: &Session| !user.disabled && session.is_open(&login, self.clock.now());
        match session.filter(is_open) {
            Some(session) => Ok((login, user, session)),
            None => Err(over("session_ended", "Your session was ended. Sign in again.")),
        }
    }

    /// Does what `open_session` does, where the way to sign in is changed: the user has given the password, a code or a
    /// passkey within the last minutes.
    pub async fn proven_session(&self, caller: &Caller) -> ApiResult<(Login, User)> {
        let known = self.open_session(caller).await?;
        caller.demand_proof().await?;
        Ok(known)
    }

    /// Returns the login of the caller, and the user that it is in the caller's workspace.
    pub async fn login_and_user(&self, caller: &Caller) -> ApiResult<(Login, User)> {
        let signed_in = caller.signed_in()?;
        let login = self.logins.login(&signed_in.login);
        let user = self.users.get(&caller.workspace, &signed_in.user);
        Ok((login.await?, user.await?))
    }
}
