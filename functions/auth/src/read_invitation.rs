//! `POST /api/auth/invitation/read`: shows which workspace and role an invitation link offers.

use crate::App;
use crate::reset_password::dead_link;
use application::identity::invitations;
use axum::extract::State;
use domain::contact::email_address::EmailAddress;
use domain::workspace::user::Role;
use http_api::{ApiResult, ClientNetwork, JsonBody, axum, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationToken {
    /// The token behind `#token=` in the invitation link.
    token: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OfferedPlace {
    pub workspace_name: String,
    pub email: EmailAddress,
    pub name: String,
    pub role: Role,
    /// Whether the address has a login, by whose password the invitation is accepted.
    pub has_login: bool,
    pub expires_at: Timestamp,
}

#[utoipa::path(post, path = "/api/auth/invitation/read", operation_id = "read_invitation",
    request_body = InvitationToken, responses((status = 200, body = OfferedPlace)))]
pub async fn read_invitation(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    JsonBody(given): JsonBody<InvitationToken>,
) -> ApiResult<JsonBody<OfferedPlace>> {
    app.limit_flood("invitation", &network).await?;
    let found = invitations::read_invitation(&*app.users, &given.token, app.clock.now()).await?;
    let invitation = found.map_err(|_| dead_link())?;
    let has_login = app.logins.by_email(&invitation.email).await?.is_some();
    let workspace = app.workspaces.get(&invitation.workspace).await?;
    Ok(JsonBody(OfferedPlace {
        workspace_name: workspace.name,
        email: invitation.email,
        name: invitation.name,
        role: invitation.role,
        has_login,
        expires_at: invitation.expires_at,
    }))
}
