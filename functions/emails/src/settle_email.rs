//! `POST /api/emails/{id}/settle`: a user decides whether an uncertain message was delivered.

use crate::App;
use crate::get_email::EmailView;
use application::StoreError;
use application::sending::uncertain::{close_question, record_sent, send_again};
use axum::extract::State;
use domain::MessageId;
use domain::message::MessageState;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    answer: Answer,
}

#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The message arrived; the sequence goes on after it.
    Sent,
    /// The message is sent once more, whatever became of the first attempt.
    SendAgain,
}

#[utoipa::path(post, path = "/api/emails/{id}/settle", operation_id = "settle_email", params(("id" = MessageId, Path)),
    request_body = Settlement, responses((status = 200, body = EmailView)))]
pub async fn settle_email(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<MessageId>,
    JsonBody(settlement): JsonBody<Settlement>,
) -> ApiResult<JsonBody<EmailView>> {
    let workspace = &caller.workspace;
    app.messages.get(workspace, &id).await?;
    let settled = match settlement.answer {
        Answer::Sent => record_sent(&app.settling, workspace, &id, caller.actor(), app.clock.now()).await?,
        Answer::SendAgain => match send_again(&app.settling, workspace, &id, caller.actor()).await {
            Err(StoreError::Conflict) => return Err(ApiError::conflict("under_way", UNDER_WAY)),
            other => other?,
        },
    };
    if !settled {
        let message = app.messages.get(workspace, &id).await?;
        close_question(&*app.settling.tasks, &message, caller.actor(), app.clock.now()).await?;
        return Err(ApiError::conflict("not_uncertain", known(message.state)));
    }
    Ok(JsonBody(app.messages.get(workspace, &id).await?.into()))
}

const UNDER_WAY: &str =
    "The last attempt to send this message is still being checked. Answer again in a few minutes.";

/// Tells what has become of a message that is not uncertain any more.
fn known(state: MessageState) -> &'static str {
    match state {
        MessageState::Accepted | MessageState::Delivered => {
            "It is known by now that this message was sent. Nothing is sent again."
        }
        MessageState::Bounced | MessageState::Failed => {
            "It is known by now that this message did not arrive. Nothing is sent again."
        }
        MessageState::Queued | MessageState::Sending => "This message is already being sent again.",
        MessageState::Cancelled => "This message was cancelled. Nothing is sent.",
        MessageState::Uncertain | MessageState::Abandoned | MessageState::Received => {
            "Someone else has answered this already."
        }
    }
}
