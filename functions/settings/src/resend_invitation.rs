//! `POST /api/team/invitations/{id}/resend`: creates another link for seven more days; the former one stops
//! working.

use crate::App;
use crate::invitation_view::OfferedInvitation;
use axum::extract::State;
use domain::InvitationId;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/team/invitations/{id}/resend", operation_id = "resend_invitation",
    params(("id" = InvitationId, Path)), responses((status = 200, body = OfferedInvitation)))]
pub async fn resend_invitation(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<InvitationId>,
) -> ApiResult<JsonBody<OfferedInvitation>> {
    let invitation = app.users.invitation(&caller.workspace, &id).await?;
    if invitation.role > caller.signed_in()?.role {
        return Err(ApiError::forbidden());
    }
    caller.demand_proof().await?;
    Ok(JsonBody(app.send_invitation(invitation, &caller).await?))
}
