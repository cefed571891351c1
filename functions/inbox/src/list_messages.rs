//! `GET /api/messages?lead=`: all messages to and from one lead.

use crate::App;
use crate::message_view::{CampaignNames, MessageView};
use application::inbox::quotations::Quotations;
use axum::extract::State;
use domain::LeadId;
use domain::message::Direction;
use http_api::{ApiResult, Caller, JsonBody, PageBody, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MessageListQuery {
    lead: LeadId,
    /// Both directions, if left out.
    #[param(value_type = Option<Direction>)]
    direction: Option<Direction>,
}

/// Oldest first, all on one page.
#[utoipa::path(get, path = "/api/messages", operation_id = "list_messages", params(MessageListQuery),
    responses((status = 200, body = PageBody<MessageView>)))]
pub async fn list_messages(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<MessageListQuery>,
) -> ApiResult<JsonBody<PageBody<MessageView>>> {
    let file = caller.seen(app.leads.file(&caller.workspace, &query.lead).await)?;
    let mut names = CampaignNames::default();
    let quotations = Quotations::among(&file.messages);
    let mut items = Vec::with_capacity(file.messages.len());
    for message in file.messages.into_iter().filter(|message| !message.test) {
        if query.direction.is_none_or(|direction| direction == message.direction) {
            items.push(names.view(&app, message, &quotations).await?);
        }
    }
    let total = Some(items.len());
    Ok(JsonBody(PageBody { items, next_cursor: None, total }))
}
