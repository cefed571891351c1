//! A task as the API shows it.

use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{CampaignId, LeadId, MessageId, TaskId, UserId};
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
    /// The uncertain message that the task asks about.
    pub message_id: Option<MessageId>,
    /// The text to say, or to paste.
    pub body: String,
    /// A link to where the task is done: `tel:…`, `https://wa.me/…`, `https://www.linkedin.com/…`.
    pub link: Option<String>,
    /// The campaign whose enrolment waits for the task.
    pub campaign_id: Option<CampaignId>,
    pub owner: Option<UserId>,
    pub due_at: Timestamp,
    pub done_at: Option<Timestamp>,
    pub outcome: Option<TaskOutcome>,
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
            body: task.body,
            link: task.link,
            campaign_id: task.campaign,
            owner: task.owner,
            due_at: task.due_at,
            done_at: task.done_at,
            outcome: task.outcome,
            created_at: task.created_at,
            rev: task.rev,
        }
    }
}
