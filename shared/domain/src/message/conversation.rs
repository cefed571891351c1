//! A conversation: everything said with one lead on every channel, as the inbox lists it.

use crate::contact::channel::Channel;
use crate::ids::{LeadId, MessageId, UserId, WorkspaceId};
use crate::lead::Lead;
use crate::lead::hand_over::follow_owner;
use crate::message::Direction;
use crate::message::understanding::{ReplyKind, Understanding};
use crate::mutant;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    /// The lead's name, copied so that the inbox need not read the lead.
    pub lead_name: String,
    /// Whether the lead is deleted or was merged into another, copied like its name: the conversation is then in no list.
    pub lead_deleted: bool,
    pub folder: Folder,
    pub channel: Channel,
    pub last_direction: Direction,
    pub last_at: Timestamp,
    /// The first 140 characters of the latest message.
    pub snippet: String,
    pub unread: u32,
    /// What the lead's latest message was understood as.
    pub understood: Option<Understanding>,
    pub assignee: Option<UserId>,
    /// The lead's owner, copied like its name: a conversation of the former owner goes to the new one.
    pub lead_owner: Option<UserId>,
    /// Ends of the ids of the latest inbound messages (at most 8), so that a repeated delivery changes nothing.
    pub taken_in: Vec<String>,
    /// The id's end of the inbound message whose draft waits for approval; it does only as long as `draft_waits`.
    pub draft: Option<String>,
    pub rev: u64,
}

const REMEMBERED: usize = 8;

impl Conversation {
    /// Updates what is copied from the lead. True if it changed.
    pub fn copy_lead_fields(&mut self, lead: &Lead) -> bool {
        // The lead may be the one that this conversation's lead was merged into, which has its own.
        let now = (lead.display_name(), lead.is_deleted() || lead.id != self.lead);
        let is_news = (&self.lead_name, self.lead_deleted) != (&now.0, now.1);
        (self.lead_name, self.lead_deleted) = now;
        is_news
    }

    /// Assigns the conversation to the lead's present owner if it was the former one's, or that of a user who does not see
    /// the lead. True if anything changed.
    pub fn follow_owner(&mut self, lead: &Lead, sees: impl Fn(&UserId) -> bool) -> bool {
        follow_owner((&mut self.assignee, &mut self.lead_owner), lead, sees)
    }

    /// The conversation of the lead that this one's lead was merged into, which has none yet.
    #[must_use]
    pub fn for_survivor(&self, survivor: &Lead) -> Self {
        Self {
            lead: survivor.id.clone(),
            lead_name: survivor.display_name(),
            lead_deleted: survivor.is_deleted(),
            assignee: self.assignee.clone().or_else(|| survivor.owner.clone()),
            draft: None,
            rev: 0,
            ..self.clone()
        }
    }

    /// Adds the conversation of a lead that was merged into this one's: the later message is shown, and it waits if
    /// either does.
    pub fn take_in(&mut self, other: &Self) {
        let waits = [self.folder, other.folder].contains(&Folder::Open);
        // It was written without knowing what the other lead has said.
        self.draft = None;
        // A repeat counts nothing again.
        let is_known = |end: &String| self.taken_in.contains(end);
        let is_new = other.taken_in.is_empty() || !other.taken_in.iter().all(is_known);
        let (own, theirs) = (std::mem::take(&mut self.taken_in), other.taken_in.clone());
        let (mut earlier, later) = if other.last_at > self.last_at { (own, theirs) } else { (theirs, own) };
        earlier.retain(|end| !later.contains(end));
        earlier.extend(later);
        let surplus = earlier.len().saturating_sub(REMEMBERED);
        self.taken_in = earlier.split_off(surplus);
        if other.last_at > self.last_at {
            self.channel = other.channel;
            self.last_direction = other.last_direction;
            self.last_at = other.last_at;
            self.snippet.clone_from(&other.snippet);
            self.understood.clone_from(&other.understood);
        }
        self.unread += if is_new { other.unread } else { 0 };
        if waits {
            self.folder = Folder::Open;
        }
    }

    /// Files the conversation by its latest message: it waits for us, or it is done because the lead wants no more
    /// messages. Any other kind leaves it where it is.
    pub fn file_as(&mut self, kind: ReplyKind) {
        if kind.waits_for_us() {
            self.folder = Folder::Open;
        } else if kind == ReplyKind::OptOut {
            self.folder = Folder::Done;
            self.unread = 0;
        }
    }

    /// Files the conversation anew, because its latest message turned out to be of another kind. One that was answered
    /// or marked as done since stays where it is, unless it waits now and did not before.
    pub fn file_again(&mut self, before: ReplyKind, now: ReplyKind) {
        if self.last_direction == Direction::In && before.waits_for_us() != now.waits_for_us() {
            self.folder = if now.waits_for_us() { Folder::Open } else { Folder::Done };
        }
    }

    /// Records an inbound message. False if it was recorded before.
    pub fn add_inbound(&mut self, message: &MessageId) -> bool {
        let end = end_of(message);
        if self.taken_in.iter().any(|known| known == end) {
            return false;
        }
        if self.taken_in.len() >= REMEMBERED {
            self.taken_in.remove(0);
        }
        self.taken_in.push(end.to_owned());
        true
    }

    /// The id's end of the message recorded last, whatever time it was written.
    pub fn latest_answer(&self) -> Option<&str> {
        self.taken_in.last().map(String::as_str)
    }

    /// Whether this message is the last word of the conversation, and a person's that asks for an answer.
    pub fn asks_for_answer_to(&self, message: &MessageId) -> bool {
        self.folder == Folder::Open
            && !self.lead_deleted
            && self.last_direction == Direction::In
            && self.latest_answer() == Some(end_of(message))
            && self.understood.as_ref().is_none_or(Understanding::asks_for_answer)
    }

    /// Whether a draft of an answer waits for a user's approval.
    pub fn draft_waits(&self) -> bool {
        self.draft.is_some()
            && self.folder == Folder::Open
            && self.last_direction == Direction::In
            && self.latest_answer() == self.draft.as_deref()
            && self.understood.as_ref().is_none_or(Understanding::asks_for_answer)
    }

    /// Whether a message has come in that a user who has seen this much does not know.
    pub fn has_more_than(&self, seen: &Seen) -> bool {
        match seen {
            Seen::All => false,
            Seen::UpTo(latest) => {
                self.latest_answer() != Some(latest) && !mutant!("archive_hides_new_message")
            }
            Seen::WhatWasRead => self.unread > 0,
        }
    }
}

/// The end of a message's id, by which a conversation remembers it.
pub fn end_of(message: &MessageId) -> &str {
    let id = message.as_str();
    &id[id.len().saturating_sub(12)..]
}

/// How much of a conversation a user has seen who replies to it or closes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    All,
    /// Everything up to this message, which was the latest inbound one.
    UpTo(String),
    /// Only what was marked as read, because the user writes from elsewhere.
    WhatWasRead,
}

impl From<Option<String>> for Seen {
    fn from(latest: Option<String>) -> Self {
        latest.map_or(Self::All, Self::UpTo)
    }
}

/// The beginning of a message, in one line.
pub fn snippet(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(140).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    /// Waits for an answer from us.
    Open,
    Done,
}
