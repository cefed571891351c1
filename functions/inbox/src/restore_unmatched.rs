//! `POST /api/inbox/unmatched/{unmatched_id}/restore`: takes the dismissal of an unmatched message back.

use crate::App;
use crate::unmatched_view::UnmatchedView;
use application::inbox::unmatched::decide;
use axum::extract::State;
use domain::UnmatchedId;
use domain::event::{Event, EventKind};
use domain::message::unmatched::UnmatchedReply;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/inbox/unmatched/{unmatched_id}/restore", operation_id = "restore_unmatched",
    params(("unmatched_id" = UnmatchedId, Path)), responses((status = 200, body = UnmatchedView)))]
pub async fn restore_unmatched(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<UnmatchedId>,
) -> ApiResult<JsonBody<UnmatchedView>> {
    app.unmatched(&caller, &id).await?;
    let event = Event::new(EventKind::UnmatchedRestored, caller.actor(), app.clock.now());
    let which = (&caller.workspace, &id);
    let reply = decide(&*app.conversations, which, &event, UnmatchedReply::restore).await?;
    match reply.is_waiting() {
        true => Ok(JsonBody(reply.into())),
        false => Err(app.decided_before(&reply).await?),
    }
}
