//! `GET /api/inbox/unmatched`: messages that came in and belong to no known lead.

use crate::App;
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::message::conversation::UnmatchedReply;
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UnmatchedView {
    /// The provider's id of the message.
    pub id: String,
    pub channel: Channel,
    pub from: String,
    pub subject: String,
    pub text: String,
    pub received_at: Timestamp,
}

#[utoipa::path(get, path = "/api/inbox/unmatched", operation_id = "list_unmatched", params(PageQuery),
    responses((status = 200, body = PageBody<UnmatchedView>)))]
pub async fn list_unmatched(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(page): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<PageBody<UnmatchedView>>> {
    let found = app.conversations.unmatched(&caller.workspace, page.parse()?).await?;
    Ok(JsonBody(found.map(UnmatchedView::from).into()))
}

impl From<UnmatchedReply> for UnmatchedView {
    fn from(reply: UnmatchedReply) -> Self {
        Self {
            id: reply.external_id,
            channel: reply.channel,
            from: reply.from,
            subject: reply.subject,
            text: reply.text,
            received_at: reply.received_at,
        }
    }
}
