//! `DELETE /api/team/invitations/{id}`: revokes an invitation; its link stops working at once.

use crate::App;
use axum::extract::State;
use domain::InvitationId;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/team/invitations/{id}", operation_id = "revoke_invitation",
    params(("id" = InvitationId, Path)), responses((status = 204)))]
pub async fn revoke_invitation(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<InvitationId>,
) -> ApiResult<StatusCode> {
    let invitation = app.users.invitation(&caller.workspace, &id).await?;
    let event = Event::new(EventKind::InvitationRevoked, caller.actor(), app.clock.now());
    app.users.revoke(&invitation, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}
