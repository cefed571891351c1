//! The tasks that follow a closed one. They are written before that one is closed: a request that breaks off in between is
//! repeated by the user, whose task is still open, and the same ids are written again.

use crate::ports::due::DueStore;
use crate::ports::leads::LeadStore;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::tasks::TaskStore;
use crate::tasks::reminder::plan_reminder;
use domain::TaskId;
use domain::event::{Event, EventKind};
use domain::lead::zone::days_zone;
use domain::workspace::task::{Task, TaskOutcome};
use jiff::Timestamp;

/// Writes what follows this task, which is about to be closed, and cancels what followed it under another outcome.
pub async fn write_next_tasks(
    (tasks, leads, due): (&dyn TaskStore, &dyn LeadStore, &dyn DueStore),
    task: &Task,
    again_at: Option<Timestamp>,
    event: &Event,
) -> StoreResult<()> {
    let Some(lead) = found(leads.get(&task.workspace, &task.id.lead()).await)? else { return Ok(()) };
    let all = task.next(again_at, &days_zone(&lead));
    for id in task.next_ids().iter().filter(|id| all.iter().all(|next| next.id != **id)) {
        cancel(tasks, (task, id), event).await?;
    }
    for mut next in all {
        next.copy_lead_fields(&lead);
        plan_reminder(due, &next, event.at).await?;
        write(tasks, (task, next), event).await?;
    }
    Ok(())
}

async fn write(tasks: &dyn TaskStore, (task, next): (&Task, Task), event: &Event) -> StoreResult<()> {
    let event = Event { kind: EventKind::TaskCreated, ..event.clone() }.because(task.id.as_str());
    match tasks.save(&next, &event).await {
        Err(StoreError::Conflict) => {}
        other => return other.map(drop),
    }
    // It exists. One that was cancelled when this task was opened again comes back; any other is left as it is.
    let stored = tasks.get(&task.workspace, &next.id).await?;
    if stored.outcome == Some(TaskOutcome::Cancelled) || stored.done_at.is_none() {
        tasks.save(&Task { rev: stored.rev, ..next }, &event).await?;
    }
    Ok(())
}

/// Cancels the tasks that follow this one, as long as they are open.
pub async fn cancel_next_tasks(tasks: &dyn TaskStore, task: &Task, event: &Event) -> StoreResult<()> {
    for id in task.next_ids() {
        cancel(tasks, (task, &id), event).await?;
    }
    Ok(())
}

async fn cancel(tasks: &dyn TaskStore, (task, id): (&Task, &TaskId), event: &Event) -> StoreResult<()> {
    let next = found(tasks.get(&task.workspace, id).await)?;
    let Some(mut next) = next.filter(|next| next.done_at.is_none()) else { return Ok(()) };
    next.close(TaskOutcome::Cancelled, event.at);
    let event = Event { kind: EventKind::TaskCancelled, ..event.clone() }.because(task.id.as_str());
    tasks.save(&next, &event).await.map(drop)
}
