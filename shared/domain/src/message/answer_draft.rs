//! The draft of an answer that a model wrote automatically when a lead answered. It waits until a user sends it, changed or
//! as it is, or refuses it; it is never sent automatically. A conversation has one: that of the lead's latest message.
//!
//! Whether a draft is outdated is not stored. It follows from the conversation as it is now (`standing`), so that nothing
//! that happens to a conversation has to know of drafts.

use crate::ai_prompt::written_with::WrittenWith;
use crate::ids::{LeadId, MessageId, UserId, WorkspaceId};
use crate::message::Direction;
use crate::message::conversation::{Conversation, Folder, end_of};
use crate::message::understanding::{ReplyKind, Understanding};
use crate::spend::{ModelTokens, Usd};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerDraft {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    /// The lead's message that it answers.
    pub message: MessageId,
    /// The text; empty if none was made.
    pub text: String,
    pub state: AnswerDraftState,
    /// The model and the prompt that the text was written with; none if there is no text.
    pub written_with: Option<WrittenWith>,
    /// The cost of the answer that became the draft.
    pub cost: Usd,
    /// The tokens of that answer.
    pub tokens: ModelTokens,
    /// The reservation that the cost is booked on; none where that was done before the draft was stored.
    pub reservation: Option<String>,
    pub made_at: Timestamp,
    /// The user who asked for another draft; none if it was made when the lead's message came.
    pub asked_by: Option<UserId>,
    pub rev: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum AnswerDraftState {
    Waiting {},
    /// A user approved it, and this message was made of it.
    Sent {
        message: MessageId,
    },
    Refused {},
    NotMade {
        why: WhyNotDrafted,
    },
}

crate::codes! {
    /// The reason why a lead's message has no draft.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum WhyNotDrafted {
        SwitchedOff = "switched_off",
        NoAccount = "no_account",
        CapReached = "cap_reached",
        NoAnswer = "no_answer",
        /// The lead's message gives orders to a language model.
        SpeaksToModel = "speaks_to_model",
        /// What the model wrote went beyond what it may say.
        TurnedDown = "turned_down",
    }
}

impl WhyNotDrafted {
    /// Says it to users.
    pub fn told(self) -> &'static str {
        match self {
            Self::SwitchedOff => "AI is switched off in this workspace or campaign.",
            Self::NoAccount => "No account of a language model is connected.",
            Self::CapReached => "The month's cap, or the campaign's budget, is reached.",
            Self::NoAnswer => "The model gave no answer.",
            Self::SpeaksToModel => "The lead's message speaks to a language model, as if to give it orders.",
            Self::TurnedDown => "The model wrote what nobody has said, so its text was turned down.",
        }
    }
}

crate::codes! {
    /// The reason why a draft is not offered any more.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum WhyOutdated {
        NewerMessage = "newer_message",
        Answered = "answered",
        OptedOut = "opted_out",
        PossibleOptOut = "possible_opt_out",
        NotInterested = "not_interested",
        /// The conversation was marked as done, or a link in a mail was used to opt out.
        Done = "done",
        /// The lead was merged with another one.
        Merged = "merged",
    }
}

impl WhyOutdated {
    /// Says it to users.
    pub fn told(self) -> &'static str {
        match self {
            Self::NewerMessage => "The lead has written again since.",
            Self::Answered => "The lead was answered since.",
            Self::OptedOut => "The lead has opted out.",
            Self::PossibleOptOut => "The lead may have opted out.",
            Self::NotInterested => "The lead is not interested.",
            Self::Done => "The conversation is done.",
            Self::Merged => "The lead was merged with another one since.",
        }
    }
}

/// What users may do with a draft now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftStanding<'a> {
    /// It waits for approval.
    Waits,
    Sent(&'a MessageId),
    Refused,
    Outdated(WhyOutdated),
    NotMade(WhyNotDrafted),
}

impl AnswerDraft {
    /// Returns what the draft is worth in the conversation of its lead, as that is now.
    pub fn standing(&self, conversation: &Conversation) -> DraftStanding<'_> {
        match &self.state {
            AnswerDraftState::Waiting {} => match self.outdated_in(conversation) {
                Some(why) => DraftStanding::Outdated(why),
                None => DraftStanding::Waits,
            },
            AnswerDraftState::Sent { message } => DraftStanding::Sent(message),
            AnswerDraftState::Refused {} => DraftStanding::Refused,
            AnswerDraftState::NotMade { why } => DraftStanding::NotMade(*why),
        }
    }

    fn outdated_in(&self, conversation: &Conversation) -> Option<WhyOutdated> {
        let understood = conversation.understood.as_ref();
        if conversation.lead != self.lead {
            return Some(WhyOutdated::Merged);
        }
        if understood.is_some_and(|read| read.kind == ReplyKind::OptOut) {
            return Some(WhyOutdated::OptedOut);
        }
        if understood.is_some_and(|read| read.kind == ReplyKind::PossibleOptOut) {
            return Some(WhyOutdated::PossibleOptOut);
        }
        if conversation.latest_answer() != Some(end_of(&self.message)) {
            return Some(WhyOutdated::NewerMessage);
        }
        if conversation.last_direction == Direction::Out {
            return Some(WhyOutdated::Answered);
        }
        if !understood.is_none_or(Understanding::asks_for_answer) {
            return Some(WhyOutdated::NotInterested);
        }
        if conversation.folder == Folder::Done {
            return Some(WhyOutdated::Done);
        }
        // A merge takes the mark off.
        (!conversation.draft_waits()).then_some(WhyOutdated::Merged)
    }

    /// Returns the name of the request to send it: the same for each attempt to approve this text, so that it is sent
    /// once.
    pub fn request(&self) -> String {
        format!("draft-{}-{}", self.message, self.made_at.as_microsecond())
    }
}

#[cfg(test)]
mod tests {
    use super::{AnswerDraft, AnswerDraftState, DraftStanding, WhyOutdated};
    use crate::contact::channel::Channel;
    use crate::message::Direction;
    use crate::message::conversation::{Conversation, Folder, end_of};
    use crate::message::understanding::{Intent, ReplyKind, Understanding};
    use crate::spend::{ModelTokens, Usd};
    use crate::{LeadId, MessageId, WorkspaceId};
    use jiff::Timestamp;

    fn lead(name: &str) -> LeadId {
        LeadId::derived(Timestamp::UNIX_EPOCH, &[name])
    }

    fn draft() -> AnswerDraft {
        AnswerDraft {
            workspace: WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]),
            lead: lead("ann"),
            message: MessageId::derived(&lead("ann"), &["in", "1"]),
            text: "Hi Ann, I will find out.".to_owned(),
            state: AnswerDraftState::Waiting {},
            written_with: None,
            cost: Usd::ZERO,
            tokens: ModelTokens::default(),
            reservation: None,
            made_at: Timestamp::UNIX_EPOCH,
            asked_by: None,
            rev: 0,
        }
    }

    fn conversation() -> Conversation {
        let draft = draft();
        let mut conversation = Conversation {
            workspace: draft.workspace.clone(),
            lead: draft.lead.clone(),
            lead_name: "Ann".to_owned(),
            lead_deleted: false,
            folder: Folder::Open,
            channel: Channel::Email,
            last_direction: Direction::In,
            last_at: Timestamp::UNIX_EPOCH,
            snippet: "How much is it?".to_owned(),
            unread: 1,
            understood: Some(Understanding::by_rule(ReplyKind::Person, "no_sign", "")),
            assignee: None,
            lead_owner: None,
            taken_in: Vec::new(),
            draft: Some(end_of(&draft.message).to_owned()),
            rev: 0,
        };
        assert!(conversation.add_inbound(&draft.message));
        conversation
    }

    fn understood(kind: ReplyKind, intent: Option<Intent>) -> Option<Understanding> {
        Some(Understanding { intent, ..Understanding::by_rule(kind, "", "") })
    }

    #[test]
    fn draft_waits_as_long_as_its_message_is_the_last_word_of_an_open_conversation() {
        assert_eq!(draft().standing(&conversation()), DraftStanding::Waits);
        assert!(conversation().draft_waits());
    }

    #[test]
    fn draft_is_outdated_with_the_reason() {
        let newer = |c: &mut Conversation| assert!(c.add_inbound(&MessageId::derived(&c.lead, &["in", "2"])));
        type Change = dyn Fn(&mut Conversation);
        let changes: [(WhyOutdated, &Change); 8] = [
            (WhyOutdated::NewerMessage, &newer),
            (WhyOutdated::Answered, &|c| c.last_direction = Direction::Out),
            (WhyOutdated::OptedOut, &|c| c.understood = understood(ReplyKind::OptOut, None)),
            (WhyOutdated::PossibleOptOut, &|c| c.understood = understood(ReplyKind::PossibleOptOut, None)),
            (WhyOutdated::NotInterested, &|c| {
                c.understood = understood(ReplyKind::Person, Some(Intent::NotInterested));
            }),
            (WhyOutdated::Done, &|c| c.folder = Folder::Done),
            (WhyOutdated::Merged, &|c| c.take_in(&conversation())),
            (WhyOutdated::Merged, &|c| c.lead = lead("bob")),
        ];
        for (why, change) in changes {
            let mut conversation = conversation();
            change(&mut conversation);
            assert_eq!(draft().standing(&conversation), DraftStanding::Outdated(why));
            assert!(why == WhyOutdated::Merged || !conversation.draft_waits(), "{why} is listed no more");
        }
    }

    #[test]
    fn draft_that_was_sent_or_refused_stays_so_after_later_messages() {
        let sent = MessageId::derived(&lead("ann"), &["out"]);
        let mut conversation = conversation();
        conversation.last_direction = Direction::Out;
        let with = |state| AnswerDraft { state, ..draft() };
        let approved = with(AnswerDraftState::Sent { message: sent.clone() });
        assert_eq!(approved.standing(&conversation), DraftStanding::Sent(&sent));
        assert_eq!(with(AnswerDraftState::Refused {}).standing(&conversation), DraftStanding::Refused);
    }
}
