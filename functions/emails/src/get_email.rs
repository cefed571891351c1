//! `GET /api/emails/{id}`: one message and its delivery state.

use crate::App;
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::message::{Failure, Message, MessageState};
use domain::{AccountId, LeadId, MessageId, UserId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EmailView {
    pub id: MessageId,
    pub lead_id: LeadId,
    pub channel: Channel,
    pub state: MessageState,
    pub author: Option<UserId>,
    pub account_id: Option<AccountId>,
    /// Empty until the message was sent.
    pub from: String,
    pub to: String,
    pub subject: String,
    pub body: String,
    /// A test message to one of our own mailboxes.
    pub test: bool,
    pub failure: Option<Failure>,
    pub attempts: u8,
    pub opens: u32,
    pub clicks: u32,
    pub created_at: Timestamp,
    /// When the message goes out, while it is queued; until then it can be cancelled.
    pub planned_for: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
}

#[utoipa::path(get, path = "/api/emails/{id}", operation_id = "get_email", params(("id" = MessageId, Path)),
    responses((status = 200, body = EmailView)))]
pub async fn get_email(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<MessageId>,
) -> ApiResult<JsonBody<EmailView>> {
    Ok(JsonBody(app.messages.get(&caller.workspace, &id).await?.into()))
}

impl From<Message> for EmailView {
    fn from(message: Message) -> Self {
        Self {
            lead_id: message.id.lead(),
            id: message.id,
            channel: message.channel,
            state: message.state,
            author: message.author,
            account_id: message.account,
            from: message.from,
            to: message.to,
            subject: message.subject,
            body: message.text,
            test: message.test,
            failure: message.failure,
            attempts: message.attempts,
            opens: message.opens,
            clicks: message.clicks,
            created_at: message.created_at,
            planned_for: message.planned_for,
            accepted_at: message.accepted_at,
            delivered_at: message.delivered_at,
        }
    }
}
