//! The draft of an answer as the API shows it, and the answers to decisions that do not fit it.

use crate::App;
use application::inbox::answer_drafts::{DraftDecision, decide_draft};
use domain::ai_prompt::WrittenWith;
use domain::event::Event;
use domain::message::answer_draft::{AnswerDraft, DraftStanding};
use domain::message::conversation::Conversation;
use domain::spend::Usd;
use domain::{LeadId, MessageId, UserId};
use http_api::{ApiError, ApiResult, Caller, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerDraftStateView {
    /// A user approves it, or it is not sent.
    Waiting,
    Sent,
    Refused,
    Outdated,
    NotMade,
}

/// The draft of an answer, written by the workspace's model. It is sent only once a user approves it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AnswerDraftView {
    pub lead_id: LeadId,
    /// The lead's message that it answers.
    pub message_id: MessageId,
    pub state: AnswerDraftStateView,
    /// The reason why it is outdated or was not made, as a code.
    pub reason: Option<String>,
    /// The same for people.
    pub told: Option<String>,
    pub text: String,
    /// The model and the prompt that it was written with.
    pub written_with: Option<WrittenWith>,
    /// What it cost, in millionths of a dollar.
    pub cost: Usd,
    pub made_at: Timestamp,
    /// The user who asked for another draft; none if it was made when the message came.
    pub asked_by: Option<UserId>,
    /// The message that was made of it.
    pub sent_message_id: Option<MessageId>,
}

/// Says which draft is meant, as the caller saw it.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftRequest {
    /// The `message_id` of the draft: the lead's message that it answers.
    pub message_id: MessageId,
}

impl AnswerDraftView {
    pub fn of(draft: AnswerDraft, conversation: &Conversation) -> Self {
        let (state, reason, told, sent) = match draft.standing(conversation) {
            DraftStanding::Waits => (AnswerDraftStateView::Waiting, None, None, None),
            DraftStanding::Sent(message) => (AnswerDraftStateView::Sent, None, None, Some(message.clone())),
            DraftStanding::Refused => (AnswerDraftStateView::Refused, None, None, None),
            DraftStanding::Outdated(why) => {
                (AnswerDraftStateView::Outdated, Some(why.as_str()), Some(why.told()), None)
            }
            DraftStanding::NotMade(why) => {
                (AnswerDraftStateView::NotMade, Some(why.as_str()), Some(why.told()), None)
            }
        };
        Self {
            state,
            reason: reason.map(str::to_owned),
            told: told.map(str::to_owned),
            sent_message_id: sent,
            lead_id: draft.lead,
            message_id: draft.message,
            text: draft.text,
            written_with: draft.written_with,
            cost: draft.cost,
            made_at: draft.made_at,
            asked_by: draft.asked_by,
        }
    }
}

/// The error of a decision about a draft that does not wait any more.
pub(crate) fn not_waiting(standing: DraftStanding<'_>) -> ApiError {
    match standing {
        DraftStanding::Sent(_) => ApiError::conflict("draft_sent", "This draft was sent already."),
        DraftStanding::Refused => ApiError::conflict("draft_refused", "This draft was refused."),
        DraftStanding::Outdated(why) => {
            ApiError::conflict("draft_outdated", format!("This draft is outdated. {}", why.told()))
        }
        DraftStanding::NotMade(why) => {
            ApiError::conflict("draft_not_made", format!("There is no draft. {}", why.told()))
        }
        DraftStanding::Waits => ApiError::conflict("draft_waits", "This draft waits for approval."),
    }
}

impl App {
    /// Reads the draft that answers this message, with its conversation.
    pub(crate) async fn draft(
        &self,
        caller: &Caller,
        (lead, answered): (&LeadId, &MessageId),
    ) -> ApiResult<(Conversation, AnswerDraft)> {
        let conversation = self.conversation(caller, lead).await?;
        let found = self.conversations.answer_draft(&caller.workspace, &conversation.lead).await?;
        let draft = found.ok_or_else(|| ApiError::not_found("draft"))?;
        if draft.message != *answered {
            let detail = "This draft is outdated. The lead has written again since.";
            return Err(ApiError::conflict("draft_outdated", detail));
        }
        Ok((conversation, draft))
    }

    /// Decides about a draft, or says why that does not fit any more. What was decided so before is no error.
    pub(crate) async fn decide(
        &self,
        caller: &Caller,
        (lead, answered): (&LeadId, &MessageId),
        decision: &DraftDecision,
    ) -> ApiResult<AnswerDraftView> {
        self.draft(caller, (lead, answered)).await?;
        let event = Event::new(decision.event(), caller.actor(), self.clock.now()).because(answered.as_str());
        let which = (&caller.workspace, lead, answered);
        let decided = decide_draft(&*self.conversations, which, decision, &event).await?;
        let (conversation, draft) = decided.ok_or_else(|| ApiError::not_found("draft"))?;
        let standing = draft.standing(&conversation);
        let is_so = match decision {
            DraftDecision::Refuse => standing == DraftStanding::Refused,
            DraftDecision::Restore | DraftDecision::Replace { .. } => standing == DraftStanding::Waits,
            DraftDecision::Sent(_) => matches!(standing, DraftStanding::Sent(_)),
        };
        if is_so { Ok(AnswerDraftView::of(draft, &conversation)) } else { Err(not_waiting(standing)) }
    }
}
