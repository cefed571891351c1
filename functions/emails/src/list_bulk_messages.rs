//! `GET /api/emails/bulk`: the last twenty bulk messages, newest first.

use crate::App;
use crate::bulk_message_view::BulkMessageView;
use axum::extract::State;
use futures::future::try_join_all;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

const SHOWN: usize = 20;

#[utoipa::path(get, path = "/api/emails/bulk", operation_id = "list_bulk_messages",
    responses((status = 200, body = PageBody<BulkMessageView>)))]
pub async fn list_bulk_messages(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<BulkMessageView>>> {
    let mut bulk_messages = app.bulk_messages.bulk_messages.list(&caller.workspace).await?;
    bulk_messages.retain(|bulk_message| caller.leads().sees(Some(&bulk_message.author)));
    bulk_messages.truncate(SHOWN);
    let items =
        try_join_all(bulk_messages.into_iter().map(|bulk_message| app.bulk_message_view(bulk_message)))
            .await?;
    Ok(JsonBody(PageBody { items, next_cursor: None, total: None }))
}
