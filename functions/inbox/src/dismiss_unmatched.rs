//! `POST /api/inbox/unmatched/{unmatched_id}/dismiss`: takes an unmatched message off the list. Nothing else changes: an
//! opt-out in it has suppressed its address when it came.

use crate::App;
use crate::unmatched_view::UnmatchedView;
use application::inbox::unmatched::decide;
use axum::extract::State;
use domain::UnmatchedId;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/inbox/unmatched/{unmatched_id}/dismiss", operation_id = "dismiss_unmatched",
    params(("unmatched_id" = UnmatchedId, Path)), responses((status = 200, body = UnmatchedView)))]
pub async fn dismiss_unmatched(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<UnmatchedId>,
) -> ApiResult<JsonBody<UnmatchedView>> {
    app.unmatched(&caller, &id).await?;
    let now = app.clock.now();
    let event = Event::new(EventKind::UnmatchedDismissed, caller.actor(), now);
    let (which, user) = ((&caller.workspace, &id), &caller.signed_in()?.user);
    let reply = decide(&*app.conversations, which, &event, |reply| reply.dismiss(user, now)).await?;
    match reply.is_dismissed() {
        true => Ok(JsonBody(reply.into())),
        false => Err(app.decided_before(&reply).await?),
    }
}
