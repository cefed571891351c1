//! `POST /api/inbox/drafts/{lead_id}/approve`: sends a draft, as it is or changed, as an answer that the user wrote.

use crate::App;
use crate::answer_conversation::NewAnswer;
use crate::answer_draft_view::not_waiting;
use crate::message_view::MessageView;
use application::inbox::answer_drafts::{DraftDecision, decide_draft};
use application::ports::store::found;
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::event::Event;
use domain::message::answer_draft::DraftStanding;
use domain::message::conversation::end_of;
use domain::message::{Message, MessageState};
use domain::{AccountId, LeadId, MessageId};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovedDraft {
    /// The `message_id` of the draft: the lead's message that it answers.
    message_id: MessageId,
    /// The text to send: that of the draft, or what the user made of it.
    text: String,
    /// If left out, the channel of the lead's message.
    channel: Option<Channel>,
    /// E-mail only; if left out, the subject of the thread.
    subject: Option<String>,
    /// E-mail only: the lead's own address, or one that a mail of the lead came from. If left out, the one that the
    /// latest came from.
    to: Option<String>,
    /// The account that it leaves from; if left out, it is chosen as for an answer.
    account: Option<AccountId>,
    /// The time to send, at most 90 days from now. If left out, it goes out after the seconds in which it can
    /// be cancelled.
    send_at: Option<Timestamp>,
}

/// A draft is sent once: approved again with the same text, the same message is returned.
#[utoipa::path(post, path = "/api/inbox/drafts/{lead_id}/approve", operation_id = "approve_answer_draft",
    params(("lead_id" = LeadId, Path)), request_body = ApprovedDraft, responses((status = 202, body = MessageView),
    (status = 409, description = "The draft is outdated, refused or sent; `code` says which.")))]
pub async fn approve_answer_draft(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    JsonBody(approved): JsonBody<ApprovedDraft>,
) -> ApiResult<(StatusCode, JsonBody<MessageView>)> {
    let ApprovedDraft { message_id, text, channel, subject, to, account, send_at } = approved;
    let (conversation, draft) = app.draft(&caller, (&id, &message_id)).await?;
    let text = text.trim().to_owned();
    let request = draft.request();
    let sent = MessageId::written(&conversation.lead, &request);
    if found(app.messages.get(&caller.workspace, &sent).await)?.is_none() {
        let standing = draft.standing(&conversation);
        if standing != DraftStanding::Waits {
            return Err(not_waiting(standing));
        }
        let seen = Some(end_of(&message_id).to_owned());
        let new = NewAnswer { channel, subject, text: text.clone(), to, account, send_at, seen };
        app.answer(&caller, &conversation.lead, new, Some(request)).await?;
    }
    // What is stored counts: another user may have approved the same draft at the same time.
    let message = app.messages.get(&caller.workspace, &sent).await?;
    let decision = DraftDecision::Sent(sent);
    let event = Event::new(decision.event(), caller.actor(), app.clock.now()).because(message_id.as_str());
    let which = (&caller.workspace, &conversation.lead, &message_id);
    decide_draft(&*app.conversations, which, &decision, &event).await?;
    if message.state == MessageState::Cancelled {
        let detail = "This draft was sent and called back. Write the answer as a message of your own.";
        return Err(ApiError::conflict("draft_sent", detail));
    }
    if !is_of(&caller, &message, &text) {
        return Err(ApiError::conflict("draft_sent", "This draft was sent already, with another text."));
    }
    Ok((StatusCode::ACCEPTED, JsonBody(MessageView::of(message, None))))
}

/// Tells whether the message is what this user approved now or before.
fn is_of(caller: &Caller, message: &Message, text: &str) -> bool {
    message.text == text && message.author == caller.signed_in().ok().map(|signed| signed.user.clone())
}
