//! `POST /api/emails/{id}/cancel`: cancels a message before it goes out.

use crate::App;
use crate::get_email::EmailView;
use application::inbox::compose_by_hand::cancel_message;
use axum::extract::State;
use domain::MessageId;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/emails/{id}/cancel", operation_id = "cancel_email", params(("id" = MessageId, Path)),
    responses((status = 200, body = EmailView)))]
pub async fn cancel_email(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<MessageId>,
) -> ApiResult<JsonBody<EmailView>> {
    app.messages.get(&caller.workspace, &id).await?;
    if !cancel_message(&app.writing, &caller.workspace, &id, caller.actor()).await? {
        return Err(ApiError::conflict("too_late", "This message is no longer scheduled."));
    }
    Ok(JsonBody(app.messages.get(&caller.workspace, &id).await?.into()))
}
