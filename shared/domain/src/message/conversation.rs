//! All that was said with one lead, over every channel, as the inbox lists it.

use crate::contact::channel::Channel;
use crate::ids::{LeadId, MessageId, UserId, WorkspaceId};
use crate::lead::Lead;
use crate::message::{Direction, ReplyKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    /// As the inbox shows it without reading the lead.
    pub lead_name: String,
    pub folder: Folder,
    pub channel: Channel,
    pub last_direction: Direction,
    pub last_at: Timestamp,
    /// First 140 characters of the latest message.
    pub snippet: String,
    pub unread: u32,
    pub kind: Option<ReplyKind>,
    pub assignee: Option<UserId>,
    /// Ends of the ids of the latest messages from outside (≤ 8): one delivered again changes nothing.
    pub taken_in: Vec<String>,
    pub rev: u64,
}

const REMEMBERED: usize = 8;

impl Conversation {
    /// As the lead is named now. Says whether that was news.
    pub fn keep_up_with(&mut self, lead: &Lead) -> bool {
        let now = lead.display_name();
        let is_news = self.lead_name != now;
        self.lead_name = now;
        is_news
    }

    /// False when the message was taken in before.
    pub fn take_in(&mut self, message: &MessageId) -> bool {
        let id = message.as_str();
        let end = &id[id.len().saturating_sub(12)..];
        if self.taken_in.iter().any(|known| known == end) {
            return false;
        }
        if self.taken_in.len() >= REMEMBERED {
            self.taken_in.remove(0);
        }
        self.taken_in.push(end.to_owned());
        true
    }

    /// What came in last, in whatever order it was written.
    pub fn latest_answer(&self) -> Option<&str> {
        self.taken_in.last().map(String::as_str)
    }

    /// Whether something has come in that was not there for whoever has seen that much.
    pub fn has_more_than(&self, seen: &Seen) -> bool {
        match seen {
            Seen::All => false,
            Seen::UpTo(latest) => self.latest_answer() != Some(latest),
            Seen::WhatWasRead => self.unread > 0,
        }
    }
}

/// How much of a conversation somebody knows who answers it or puts it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    All,
    /// This answer had come in last.
    UpTo(String),
    /// They write from elsewhere.
    WhatWasRead,
}

impl From<Option<String>> for Seen {
    fn from(latest: Option<String>) -> Self {
        latest.map_or(Self::All, Self::UpTo)
    }
}

/// The beginning of a message, on one line.
pub fn snippet(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(140).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    /// Waits for us.
    Open,
    Done,
}

/// An inbound message that belongs to no lead we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedReply {
    pub workspace: WorkspaceId,
    pub channel: Channel,
    pub from: String,
    pub subject: String,
    pub text: String,
    pub blob: Option<String>,
    pub received_at: Timestamp,
    /// The provider's id, which makes a repeat harmless.
    pub external_id: String,
}
