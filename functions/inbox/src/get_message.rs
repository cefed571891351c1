//! `GET /api/messages/{id}`: one message and its delivery state.

use crate::App;
use crate::message_view::{CampaignNames, MessageView};
use application::inbox::quotations::Quotations;
use axum::extract::State;
use domain::MessageId;
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
    CampaignNames::default().view(&app, message, &Quotations::default()).await.map(JsonBody)
}
