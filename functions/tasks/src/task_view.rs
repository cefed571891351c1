//! What the API tells of a task.

use domain::task::{Task, TaskKind};
use domain::{LeadId, MessageId, TaskId, UserId};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TaskView {
    pub id: TaskId,
    pub lead_id: LeadId,
    pub lead_name: String,
    pub kind: TaskKind,
    pub title: String,
    /// The message of which nobody knows whether it went out.
    pub message_id: Option<MessageId>,
    pub owner: Option<UserId>,
    pub due_at: Timestamp,
    pub done_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub rev: u64,
}

impl From<Task> for TaskView {
    fn from(task: Task) -> Self {
        Self {
            lead_id: task.id.lead(),
            id: task.id,
            lead_name: task.lead_name,
            kind: task.kind,
            title: task.title,
            message_id: task.message,
            owner: task.owner,
            due_at: task.due_at,
            done_at: task.done_at,
            created_at: task.created_at,
            rev: task.rev,
        }
    }
}
