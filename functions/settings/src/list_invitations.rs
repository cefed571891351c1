//! `GET /api/team/invitations`: invitations that have not been accepted yet.

use crate::App;
use crate::invitation_view::InvitationView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/team/invitations", operation_id = "list_invitations",
    responses((status = 200, body = PageBody<InvitationView>)))]
pub async fn list_invitations(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<InvitationView>>> {
    let mut open = app.users.invitations(&caller.workspace).await?;
    let now = app.clock.now();
    open.retain(|invitation| invitation.expires_at > now);
    let total = Some(open.len());
    let team = app.users.list(&caller.workspace).await?;
    let items = open.into_iter().map(|invitation| {
        let maker = team.iter().find(|user| user.id == invitation.invited_by);
        let counts = maker.is_some_and(|user| user.still_offers(invitation.role, invitation.offers_ended));
        InvitationView { ended: !counts, ..InvitationView::from(invitation) }
    });
    let items = items.collect();
    Ok(JsonBody(PageBody { items, next_cursor: None, total }))
}
