//! `POST /api/emails/bulk/{id}/cancel`: cancels a bulk message; what has not gone out yet does not go out.

use crate::App;
use crate::bulk_message_view::BulkMessageView;
use application::bulk_messages::start::cancel_bulk_message as cancel;
use axum::extract::State;
use domain::BulkMessageId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/emails/bulk/{id}/cancel", operation_id = "cancel_bulk_message",
    params(("id" = BulkMessageId, Path)), responses((status = 200, body = BulkMessageView)))]
pub async fn cancel_bulk_message(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<BulkMessageId>,
) -> ApiResult<JsonBody<BulkMessageView>> {
    app.seen_bulk_message(&caller, &id).await?;
    let bulk_message = cancel(&app.bulk_messages, &caller.workspace, &id, caller.actor()).await?;
    Ok(JsonBody(app.bulk_message_view(bulk_message).await?))
}
