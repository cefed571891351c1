//! Reminders of tasks: one notification for a task's owner, at the time that they chose. The hint is put before the task
//! is saved; a task that was moved or closed meanwhile leaves nothing to do, and the notification's id is made from the
//! task and the time, so that it exists once.

use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::notifications::NotificationStore;
use crate::ports::store::{StoreResult, found};
use crate::ports::tasks::TaskStore;
use domain::event::{Event, EventKind};
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::task::Task;
use domain::{NotificationId, TaskId, WorkspaceId};
use jiff::Timestamp;

/// Puts the hint for a task's reminder, before the task is saved with it. A time that has passed reminds nobody.
pub async fn plan_reminder(due: &dyn DueStore, task: &Task, now: Timestamp) -> StoreResult<()> {
    let Some(at) = task.remind_at().filter(|at| *at > now && task.done_at.is_none()) else { return Ok(()) };
    let what = DueWork::RemindTask { workspace: task.workspace.clone(), task: task.id.clone() };
    due.put(&[Hint { at, what }]).await
}

/// Writes the notification of a reminder whose time has come.
pub async fn remind(
    (tasks, notifications): (&dyn TaskStore, &dyn NotificationStore),
    (workspace, task): (&WorkspaceId, &TaskId),
    at: Timestamp,
) -> StoreResult<()> {
    let Some(task) = found(tasks.get(workspace, task).await)? else { return Ok(()) };
    if task.done_at.is_some() || task.lead_deleted || task.remind_at() != Some(at) {
        return Ok(());
    }
    let detail = match task.remind_minutes {
        Some(0) | None => "Due now".to_owned(),
        Some(1) => "Due in 1 minute".to_owned(),
        Some(minutes) if minutes % 1440 == 0 && minutes >= 2880 => format!("Due in {} days", minutes / 1440),
        Some(1440) => "Due in 1 day".to_owned(),
        Some(60) => "Due in 1 hour".to_owned(),
        Some(minutes) if minutes % 60 == 0 => format!("Due in {} hours", minutes / 60),
        Some(minutes) => format!("Due in {minutes} minutes"),
    };
    let notification = Notification {
        id: NotificationId::derived(at, &["remind", task.id.as_str()]),
        workspace: workspace.clone(),
        user: task.owner.clone(),
        kind: NotificationKind::TaskDue,
        title: format!("{}: {}", task.lead_name, task.title),
        detail,
        lead: Some(task.id.lead()),
        created_at: at,
        read_at: None,
    };
    let event = Event::system(EventKind::TaskReminded, at).because(task.id.as_str());
    notifications.put(&notification, &event).await
}
