//! An inbound message that matches no lead. It waits until a user says whose it is or dismisses it, and is kept in either
//! case: a repeated delivery finds it settled and does not bring it back.

use crate::contact::channel::Channel;
use crate::ids::{AccountId, InboundId, LeadId, UnmatchedId, UserId, WorkspaceId};
use crate::message::understanding::Understanding;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedReply {
    pub id: UnmatchedId,
    pub workspace: WorkspaceId,
    /// The account that received it.
    pub account: AccountId,
    pub channel: Channel,
    /// The sender's address or number; where the provider keeps that to itself, its own id of the person.
    pub from: String,
    /// The sender's name as the mail states it.
    pub from_name: String,
    /// The provider's own id of the person, beside a number or in its place.
    pub chat_user: Option<String>,
    pub to: String,
    /// The account that it was written to, as it was known when it came.
    pub wrote_to: Option<AccountId>,
    pub subject: String,
    pub text: String,
    pub understood: Understanding,
    /// The bucket key of the mail as it was read.
    pub blob: Option<String>,
    pub received_at: Timestamp,
    /// The provider's id, which makes a repeated delivery harmless.
    pub external_id: String,
    /// The record of how it arrived, which is about its lead once that is known.
    pub record: Option<InboundId>,
    pub state: UnmatchedState,
    pub rev: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum UnmatchedState {
    Waiting {},
    Linked(Link),
    Dismissed { by: UserId, at: Timestamp },
}

/// A user's word that a message is this lead's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub lead: LeadId,
    /// Whether the sender's address becomes another address of the lead, by which its next messages are matched.
    pub learns_address: bool,
    pub by: UserId,
    pub at: Timestamp,
}

impl UnmatchedReply {
    /// The id of the message that the provider names so.
    pub fn id_of(external_id: &str) -> UnmatchedId {
        UnmatchedId::derived(Timestamp::UNIX_EPOCH, &[external_id])
    }

    pub fn is_waiting(&self) -> bool {
        matches!(self.state, UnmatchedState::Waiting {})
    }

    pub fn is_dismissed(&self) -> bool {
        matches!(self.state, UnmatchedState::Dismissed { .. })
    }

    /// Whether it is linked by this very request.
    pub fn is_linked_by(&self, link: &Link) -> bool {
        matches!(&self.state, UnmatchedState::Linked(known) if known == link)
    }

    /// Links a message that waits; any other stays as it is.
    pub fn link(&mut self, link: &Link) {
        if self.is_waiting() {
            self.state = UnmatchedState::Linked(link.clone());
        }
    }

    /// Dismisses a message that waits; any other stays as it is.
    pub fn dismiss(&mut self, by: &UserId, at: Timestamp) {
        if self.is_waiting() {
            self.state = UnmatchedState::Dismissed { by: by.clone(), at };
        }
    }

    /// Takes a dismissal back; a linked message stays linked.
    pub fn restore(&mut self) {
        if self.is_dismissed() {
            self.state = UnmatchedState::Waiting {};
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::understanding::ReplyKind;

    fn waiting() -> UnmatchedReply {
        let at = Timestamp::UNIX_EPOCH;
        UnmatchedReply {
            id: UnmatchedReply::id_of("<1@a.example>"),
            workspace: WorkspaceId::derived(at, &["w"]),
            account: AccountId::derived(at, &["a"]),
            channel: Channel::Email,
            from: "kim@a.example".to_owned(),
            from_name: "Kim".to_owned(),
            chat_user: None,
            to: "us@b.example".to_owned(),
            wrote_to: None,
            subject: "Re: Hello".to_owned(),
            text: "Yes".to_owned(),
            understood: Understanding::by_rule(ReplyKind::Person, "no_sign", "Yes"),
            blob: None,
            received_at: at,
            external_id: "<1@a.example>".to_owned(),
            record: None,
            state: UnmatchedState::Waiting {},
            rev: 1,
        }
    }

    fn link(user: &str) -> Link {
        let at = Timestamp::UNIX_EPOCH;
        let (lead, by) = (LeadId::derived(at, &["lead"]), UserId::derived(at, &[user]));
        Link { lead, learns_address: true, by, at }
    }

    #[test]
    fn message_is_linked_by_one_user_and_a_repeat_is_the_same() {
        let mut reply = waiting();
        for user in ["maya", "maya", "tom"] {
            reply.link(&link(user));
        }
        reply.dismiss(&link("tom").by, Timestamp::UNIX_EPOCH);
        reply.restore();
        assert!(reply.is_linked_by(&link("maya")), "another user comes too late: {:?}", reply.state);
    }

    #[test]
    fn dismissed_message_is_restored_and_not_linked() {
        let mut reply = waiting();
        reply.dismiss(&link("maya").by, Timestamp::UNIX_EPOCH);
        reply.link(&link("tom"));
        assert!(reply.is_dismissed());
        reply.restore();
        reply.link(&link("tom"));
        assert!(reply.is_linked_by(&link("tom")));
    }
}
