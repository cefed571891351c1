//! `GET /api/emails/bulk/{id}`: one bulk message and its progress.

use crate::App;
use crate::bulk_message_view::BulkMessageView;
use axum::extract::State;
use domain::BulkMessageId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/emails/bulk/{id}", operation_id = "get_bulk_message", params(("id" = BulkMessageId, Path)),
    responses((status = 200, body = BulkMessageView)))]
pub async fn get_bulk_message(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<BulkMessageId>,
) -> ApiResult<JsonBody<BulkMessageView>> {
    let bulk_message = app.seen_bulk_message(&caller, &id).await?;
    Ok(JsonBody(app.bulk_message_view(bulk_message).await?))
}
