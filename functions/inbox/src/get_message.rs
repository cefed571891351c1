//! `GET /api/messages/{id}`: one message and its delivery state.

use crate::App;
use crate::message_view::{CampaignNames, MessageView};
use application::inbox::quotations::Quotations;
use axum::extract::State;
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::message::{Direction, Message};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/messages/{id}", operation_id = "get_message", params(("id" = MessageId, Path)),
    responses((status = 200, body = MessageView)))]
pub async fn get_message(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<MessageId>,
) -> ApiResult<JsonBody<MessageView>> {
    let message = app.messages.get(&caller.workspace, &id).await?;
    let quotations = app.quotations_of(&caller, &message).await?;
    CampaignNames::default().view(&app, message, &quotations).await.map(JsonBody)
}

impl App {
    /// Prepares what a message may quote, as the list of the lead's messages does: the same lines are folded on every page.
    pub(crate) async fn quotations_of(&self, caller: &Caller, message: &Message) -> ApiResult<Quotations> {
        if message.direction == Direction::Out || message.channel != Channel::Email {
            return Ok(Quotations::default());
        }
        let file = self.leads.file(&caller.workspace, &message.id.lead()).await?;
        Ok(Quotations::among(&file.messages))
    }
}
