//! `GET /api/inbox`: conversations, newest first.

use crate::App;
use crate::conversation_view::ConversationView;
use axum::extract::State;
use domain::message::conversation::{Conversation, Folder};
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// `open` if left out: the conversations that wait for our reply.
    #[param(value_type = Option<Folder>)]
    folder: Option<Folder>,
    /// 1–200, 50 if left out.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

#[utoipa::path(get, path = "/api/inbox", operation_id = "list_conversations", params(InboxQuery),
    responses((status = 200, body = PageBody<ConversationView>)))]
pub async fn list_conversations(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<InboxQuery>,
) -> ApiResult<JsonBody<PageBody<ConversationView>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor }.parse()?;
    let folder = query.folder.unwrap_or(Folder::Open);
    let read = |page| app.conversations.list(&caller.workspace, folder, page);
    let lead = |conversation: &Conversation| Some(conversation.lead.clone());
    let found = caller.page_seen(page, lead, read).await?;
    Ok(JsonBody(found.map(ConversationView::from).into()))
}
