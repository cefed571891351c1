//! `POST /api/emails/bulk`: starts a bulk message. Its messages go out within the account's limits. Repeated
//! requests with the same idempotency key start it once.

use crate::App;
use crate::bulk_message_body::BulkMessageBody;
use crate::bulk_message_view::{BulkMessageView, view};
use application::bulk_messages::start::{NewBulkMessage, start_bulk_message as start};
use application::ports::stats::Counters;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, KeyedId, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/emails/bulk", operation_id = "start_bulk_message", request_body = BulkMessageBody,
    responses((status = 202, body = BulkMessageView)))]
pub async fn start_bulk_message(
    State(app): State<Arc<App>>,
    caller: Caller,
    KeyedId(request): KeyedId,
    JsonBody(body): JsonBody<BulkMessageBody>,
) -> ApiResult<(StatusCode, JsonBody<BulkMessageView>)> {
    let meant = app.parse_bulk_message(&caller, body, 1).await?;
    let new = NewBulkMessage {
        request,
        whom: meant.whom,
        people: u32::try_from(meant.people).unwrap_or(u32::MAX),
        words: meant.words,
        channel: meant.channel,
        account: meant.account.id,
        is_chosen: meant.is_chosen,
        author: caller.signed_in()?.user.clone(),
        send_at: meant.send_at,
    };
    let bulk_message = start(&app.bulk_messages, &caller.workspace, new).await?;
    // The job is queued: nothing after this may fail, or the request would be repeated.
    Ok((StatusCode::ACCEPTED, JsonBody(view(bulk_message, &Counters::new()))))
}
