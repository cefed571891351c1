//! A task as the API shows it.

use crate::recording_view::RecordingView;
use crate::task_fields::TaskRepeat;
use domain::lead::Priority;
use domain::workspace::call_cost::CallCostState;
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
    /// The user who closed it.
    pub done_by: Option<UserId>,
    /// What was noted when it was closed.
    pub note: Option<String>,
    /// The length of the call.
    pub call_seconds: Option<u32>,
    /// The recording of the call; null where there is none to play, and in lists of open tasks.
    pub recording: Option<RecordingView>,
    /// What the call cost, in millionths of a US dollar; null where the app did not place it, and in lists of open tasks.
    pub cost: Option<CallCostState>,
    pub priority: Priority,
    pub repeat: Option<TaskRepeat>,
    /// The minutes before it is due at which its owner is reminded.
    pub remind_minutes: Option<u32>,
    /// The outcome of the task that this one follows: a call back, or a call that is tried again.
    pub after: Option<TaskOutcome>,
    /// The calls before this one that reached nobody.
    pub tries: u8,
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
            done_by: task.done_by,
            note: task.note,
            call_seconds: task.call_seconds,
            recording: None,
            cost: None,
            priority: task.priority,
            repeat: task.repeat.map(|repeat| TaskRepeat { every: repeat.every, zone: repeat.zone }),
            remind_minutes: task.remind_minutes,
            after: task.after,
            tries: task.tries,
            created_at: task.created_at,
            rev: task.rev,
        }
    }
}
