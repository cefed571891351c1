//! One message written by a person to many leads: how far it is. The messages themselves are ledger entries like any other.

use crate::contact::channel::Channel;
use crate::ids::{ConnectionId, MailingId, UserId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// People by what came of them: `queued`, or why they were left out.
pub type MailingCounts = BTreeMap<String, u32>;

/// Who got a message of it.
pub const QUEUED: &str = "queued";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailing {
    pub id: MailingId,
    pub workspace: WorkspaceId,
    pub author: UserId,
    pub channel: Channel,
    pub connection: ConnectionId,
    pub subject: String,
    /// Who were meant when it was asked for.
    pub people: u32,
    pub counts: MailingCounts,
    /// Not before; now, if left out.
    pub send_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Everybody has been looked at.
    pub finished_at: Option<Timestamp>,
    /// What had not gone out by then does not.
    pub cancelled_at: Option<Timestamp>,
    pub rev: u64,
}

impl Mailing {
    /// A page of its people has been gone through: the next one is on its way.
    pub fn is_found(&self) -> bool {
        !self.counts.is_empty() || self.finished_at.is_some()
    }
}
