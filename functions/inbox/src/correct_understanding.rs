//! `PUT /api/messages/{message_id}/understanding`: corrects what an inbound message was understood as. What that
//! changes for the lead (an opt-out suppresses, an answer stops) is queued; taking back an opt-out lifts no
//! suppression.

use crate::App;
use crate::message_view::{CampaignNames, MessageView};
use application::inbox::conversation_changes::show_understanding;
use application::inbox::message_change::change_message;
use application::ports::outbox::send_all;
use application::queue_messages::IngestEvent;
use axum::extract::State;
use domain::MessageId;
use domain::event::{Event, EventKind};
use domain::message::understanding::{Intent, ReplyKind, Understanding};
use domain::message::{Direction, Message};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    kind: ReplyKind,
    /// What the writer wants, if a person wrote. `neutral` if left out.
    intent: Option<Intent>,
}

#[utoipa::path(put, path = "/api/messages/{message_id}/understanding", operation_id = "correct_understanding",
    params(("message_id" = MessageId, Path)), request_body = Correction, responses((status = 200, body = MessageView)))]
pub async fn correct_understanding(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<MessageId>,
    JsonBody(correction): JsonBody<Correction>,
) -> ApiResult<JsonBody<MessageView>> {
    let mut errors = FieldErrors::default();
    if matches!(correction.kind, ReplyKind::Bounce | ReplyKind::Complaint) {
        errors.add("kind", "is told by a report, not by a message");
    }
    if correction.kind == ReplyKind::PossibleOptOut {
        errors.add("kind", "is what a model doubts; say whether it is an opt-out");
    }
    errors.finish()?;
    let message = app.messages.get(&caller.workspace, &id).await?;
    let read = message.understood.as_ref().filter(|_| message.direction == Direction::In);
    let read = read.ok_or_else(|| ApiError::not_found("message"))?;
    let corrected = read.corrected(correction.kind, correction.intent);
    let is_news = (corrected.kind, corrected.intent) != (read.kind, read.intent);
    let message = if is_news { app.correct(&caller, &message, &corrected).await? } else { message };
    let quotations = app.quotations_of(&caller, &message).await?;
    Ok(JsonBody(CampaignNames::default().view(&app, message, &quotations).await?))
}

impl App {
    /// Queues the effects first: they must not be missing where the correction is shown.
    pub(crate) async fn correct(
        &self,
        caller: &Caller,
        message: &Message,
        corrected: &Understanding,
    ) -> ApiResult<Message> {
        let (workspace, now) = (&caller.workspace, self.clock.now());
        let effects = IngestEvent::Corrected {
            workspace: workspace.clone(),
            message: message.id.clone(),
            understood: Box::new(corrected.clone()),
            user: caller.signed_in()?.user.clone(),
            at: now,
        };
        send_all(&*self.outbox, &[effects], 0).await?;
        let event = || Event::new(EventKind::UnderstandingCorrected, caller.actor(), now);
        let changed = change_message(&*self.messages, workspace, &message.id, |message| {
            message.understood = Some(corrected.clone());
            Some(event())
        })
        .await?;
        if let Some(read) = &message.understood {
            if read.kind == ReplyKind::PossibleOptOut && corrected.kind != ReplyKind::OptOut {
                self.release(caller, message).await?;
            }
            show_understanding(&*self.conversations, message, (read.kind, corrected), &event()).await?;
        }
        changed.ok_or_else(|| ApiError::not_found("message"))
    }
}
