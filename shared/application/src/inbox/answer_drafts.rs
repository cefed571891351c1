//! What users decide about the draft of an answer: it is refused, taken back, replaced by another one, or was sent.

use crate::ai::reply_draft::DraftedText;
use crate::ports::conversations::ConversationStore;
use crate::ports::store::StoreResult;
use crate::retry;
use domain::event::{Event, EventKind};
use domain::message::answer_draft::{AnswerDraft, AnswerDraftState, DraftStanding};
use domain::message::conversation::{Conversation, end_of};
use domain::{LeadId, MessageId, UserId, WorkspaceId};

/// A decision about a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftDecision {
    Refuse,
    /// Takes a refusal back.
    Restore,
    /// A user was not content with it and has another one.
    Replace {
        by: UserId,
        new: DraftedText,
    },
    /// A user approved it, and this message was made of it.
    Sent(MessageId),
}

impl DraftDecision {
    pub fn event(&self) -> EventKind {
        match self {
            Self::Refuse => EventKind::AnswerDraftRefused,
            Self::Restore => EventKind::AnswerDraftRestored,
            Self::Replace { .. } => EventKind::AnswerDrafted,
            Self::Sent(_) => EventKind::AnswerDraftSent,
        }
    }

    /// Tells whether it can be decided so, as the draft stands.
    pub fn fits(&self, standing: DraftStanding<'_>) -> bool {
        match self {
            Self::Refuse => standing == DraftStanding::Waits,
            Self::Restore => standing == DraftStanding::Refused,
            Self::Replace { .. } => {
                matches!(standing, DraftStanding::Waits | DraftStanding::Refused | DraftStanding::NotMade(_))
            }
            // The message is there: whatever has become of the draft, this is what happened.
            Self::Sent(_) => !matches!(standing, DraftStanding::Sent(_)),
        }
    }
}

/// Decides about the draft that answers this message. Returns the conversation with the draft as it is now, changed or,
/// where the decision does not fit any more, as another user or the lead has left it; none if there is no such draft.
pub async fn decide_draft(
    conversations: &dyn ConversationStore,
    (workspace, lead, answered): (&WorkspaceId, &LeadId, &MessageId),
    decision: &DraftDecision,
    event: &Event,
) -> StoreResult<Option<(Conversation, AnswerDraft)>> {
    retry!(async {
        let Some(mut conversation) = conversations.get(workspace, lead).await? else { return Ok(None) };
        let found = conversations.answer_draft(workspace, &conversation.lead).await?;
        let Some(mut draft) = found.filter(|found| found.message == *answered) else { return Ok(None) };
        if !decision.fits(draft.standing(&conversation)) {
            return Ok(Some((conversation, draft)));
        }
        match decision {
            DraftDecision::Refuse => draft.state = AnswerDraftState::Refused {},
            DraftDecision::Restore => draft.state = AnswerDraftState::Waiting {},
            DraftDecision::Sent(message) => draft.state = AnswerDraftState::Sent { message: message.clone() },
            DraftDecision::Replace { by, new } => {
                draft.state = AnswerDraftState::Waiting {};
                draft.text.clone_from(&new.text);
                draft.written_with = Some(new.written_with.clone());
                (draft.cost, draft.reservation) = (new.cost, None);
                (draft.made_at, draft.asked_by) = (event.at, Some(by.clone()));
            }
        }
        let waits = draft.state == AnswerDraftState::Waiting {};
        conversation.draft = waits.then(|| end_of(answered).to_owned());
        conversations.save_answer_draft(&draft, &conversation, event).await?;
        (draft.rev, conversation.rev) = (draft.rev + 1, conversation.rev + 1);
        Ok(Some((conversation, draft)))
    })
}
