//! A bulk message: one message by a user to many leads, and how far it is. Each lead's message is stored like
//! any other message.

use crate::contact::channel::Channel;
use crate::ids::{AccountId, BulkMessageId, UserId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Leads by what happened to them: `queued`, or the reason why they were left out.
pub type BulkMessageCounts = BTreeMap<String, u32>;

/// The count of leads for whom a message was queued.
pub const QUEUED: &str = "queued";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkMessage {
    pub id: BulkMessageId,
    pub workspace: WorkspaceId,
    pub author: UserId,
    pub channel: Channel,
    pub account: AccountId,
    pub subject: String,
    /// The number of leads selected when it was ordered.
    pub people: u32,
    pub counts: BulkMessageCounts,
    /// The earliest time to send; none means at once.
    pub send_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// When every selected lead had been looked at.
    pub finished_at: Option<Timestamp>,
    /// When it was cancelled: messages that had not gone out by then do not.
    pub cancelled_at: Option<Timestamp>,
    pub rev: u64,
}

impl BulkMessage {
    /// Whether the first page of its leads has been handled, so that the next one is on its way.
    pub fn is_found(&self) -> bool {
        !self.counts.is_empty() || self.finished_at.is_some()
    }
}
