//! Something a person should do about a lead.

use crate::ids::{MessageId, TaskId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub id: TaskId,
    pub workspace: WorkspaceId,
    pub lead_name: String,
    pub kind: TaskKind,
    pub title: String,
    /// What is asked about.
    pub message: Option<MessageId>,
    pub owner: Option<UserId>,
    pub due_at: Timestamp,
    pub done_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub rev: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    HotLead,
    FollowUp,
    ResolveUncertain,
    Manual,
}
