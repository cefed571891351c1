//! Push: an open page is told at once what has changed, and reads it by the ordinary routes.

use crate::ids::{LoginId, SessionId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The most connections of one user that are told of changes.
pub const MOST_CONNECTIONS: usize = 10;
/// The time for which a ticket opens a connection.
pub const TICKET_VALID: SignedDuration = SignedDuration::from_secs(30);
/// The longest life of a connection, after which API Gateway closes it.
pub const LONGEST_CONNECTION: SignedDuration = SignedDuration::from_hours(2);

/// The session that a page belongs to: it opens a connection, and its end closes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PushSession {
    pub login: LoginId,
    pub session: SessionId,
    pub user: UserId,
}

/// A ticket opens one connection for a session. Only the digest of its token is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushTicket {
    pub workspace: WorkspaceId,
    pub token_hash: String,
    pub of: PushSession,
    pub expires_at: Timestamp,
}

/// An open page's connection, by the id that API Gateway gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushConnection {
    pub workspace: WorkspaceId,
    pub id: String,
    pub of: PushSession,
    pub opened_at: Timestamp,
}

/// What has changed, as far as a page must know to read it anew. A topic names no lead, so that every user of the
/// workspace may know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushTopic {
    Leads,
    Inbox,
    Tasks,
    Notifications,
    Campaigns,
    Revenue,
    /// Anything else: settings, accounts, users, imports.
    Workspace,
}

impl PushTopic {
    /// Returns the topic of an item's change by the item's kind, as the change log names it.
    pub fn of(entity: &str) -> Self {
        match entity {
            "lead" | "activity" | "field" | "lead_merge" | "former_lead" | "suppression" | "stage_move"
            | "deal" | "company" | "company_hold" | "cell" | "column_run" => Self::Leads,
            "message" | "conversation" | "unmatched_reply" | "inbound_record" | "answer_draft" => Self::Inbox,
            "task" | "call" | "call_cost" | "call_recording" => Self::Tasks,
            "notification" => Self::Notifications,
            "campaign" | "enrolment" | "bulk_message" | "rollout" => Self::Campaigns,
            "client" | "subscription" | "transaction" | "commission_statement" | "target_plan" => {
                Self::Revenue
            }
            _ => Self::Workspace,
        }
    }
}
