//! Follow-up dates act: when a lead's date comes, it becomes a task and a notification for the lead's owner.
//!
//! A hint is put before the lead says that it has the date, so no date is without one. When the hint is due the lead is
//! read: a date that was moved or removed meanwhile leaves nothing to do. The ids of the task and the notification are
//! made from the lead and its date, so each exists once, however often the job breaks off and is repeated. A date that came
//! while the lead was lost, deleted or not to be contacted acts once it is so no longer: the table's stream puts its hint
//! again.

use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::store::{StoreResult, found, unless_taken};
use crate::ports::tasks::TaskStore;
use crate::retry;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::follow_up::FollowUpBy;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{LeadId, NotificationId, TaskId, WorkspaceId};
use jiff::Timestamp;

/// Puts the hint for a lead's follow-up date, before the lead is saved with it.
pub async fn plan_follow_up(due: &dyn DueStore, lead: &Lead) -> StoreResult<()> {
    let Some(at) = lead.follow_up_at else { return Ok(()) };
    let what = DueWork::FollowUp { workspace: lead.workspace.clone(), lead: lead.id.clone() };
    due.put(&[Hint { at, what }]).await
}

/// Cancels the task that the former date has become, once the lead has another date or none.
pub async fn follow_up_moved(
    tasks: &dyn TaskStore,
    (before, after): (&Lead, &Lead),
    (actor, now): (Actor, Timestamp),
) -> StoreResult<()> {
    let Some(at) = before.follow_up_at.filter(|_| before.follow_up_at != after.follow_up_at) else {
        return Ok(());
    };
    retry!(async {
        let Some(mut task) = found(tasks.get(&after.workspace, &task_id(&after.id, at)).await)? else {
            return Ok(());
        };
        if task.done_at.is_some() {
            return Ok(());
        }
        task.close(TaskOutcome::Cancelled, now);
        tasks.save(&task, &Event::new(EventKind::TaskCancelled, actor.clone(), now)).await.map(drop)
    })
}

/// Makes the task and the notification of a date that has come. A lost lead, and one that must not be contacted, gets
/// none.
pub async fn make_follow_up(
    (leads, tasks, notifications): (&dyn LeadStore, &dyn TaskStore, &dyn NotificationStore),
    (workspace, lead): (&WorkspaceId, &LeadId),
    at: Timestamp,
) -> StoreResult<()> {
    let Some(lead) = found(leads.get(workspace, lead).await)? else { return Ok(()) };
    if lead.follow_up_at != Some(at) || !lead.takes_follow_ups() {
        return Ok(());
    }
    let event = Event::system(EventKind::TaskCreated, at).because(lead.id.as_str());
    let id = task_id(&lead.id, at);
    let rule = lead.follow_up_rule();
    let note = rule.map(|rule| rule.note.clone()).filter(|note| !note.is_empty());
    let title = note.unwrap_or_else(|| "Follow up".to_owned());
    let task = Task::about(&lead, id, TaskKind::FollowUp, title, at);
    let notification = Notification {
        id: NotificationId::derived(at, &["follow_up", lead.id.as_str()]),
        workspace: workspace.clone(),
        user: lead.owner.clone(),
        kind: NotificationKind::TaskDue,
        title: format!("Follow up with {}", lead.display_name()),
        detail: rule.map_or_else(|| "You planned this for now".to_owned(), set_by),
        lead: Some(lead.id.clone()),
        created_at: at,
        read_at: None,
    };
    unless_taken(tasks.save(&task, &event).await.map(drop))?;
    // The date was moved away and is back: the task of then was cancelled.
    retry!(async {
        let mut task = tasks.get(workspace, &task.id).await?;
        if task.outcome != Some(TaskOutcome::Cancelled) {
            return Ok(());
        }
        (task.done_at, task.done_by, task.outcome) = (None, None, None);
        tasks.save(&task, &event).await.map(drop)
    })?;
    notifications.put(&notification, &event).await
}

/// Removes the lead's date when its task is about to be closed: it would stand there as overdue. The date goes first: if
/// the request breaks off in between, the task is still open, and closing it again completes both.
pub async fn end_follow_up(leads: &dyn LeadStore, task: &Task, event: &Event) -> StoreResult<()> {
    // Its id tells a follow-up, also where it was made a call since.
    let (workspace, id) = (&task.workspace, task.id.lead());
    retry!(async {
        let Some(mut lead) = found(leads.get(workspace, &id).await)? else { return Ok(()) };
        if lead.follow_up_at.is_none_or(|at| task_id(&lead.id, at) != task.id) {
            return Ok(());
        }
        lead.follow_up_at = None;
        lead.updated_at = event.at;
        let changed = Event::new(EventKind::LeadChanged, event.actor.clone(), event.at);
        leads.save(&lead, &changed.because(task.id.as_str())).await.map(drop)
    })
}

/// Names the rule, and what the follow-up is for.
fn set_by(rule: &FollowUpBy) -> String {
    let note = if rule.note.is_empty() { String::new() } else { format!("{}. ", rule.note) };
    format!("{note}Set by rule: {}", rule.name)
}

fn task_id(lead: &LeadId, at: Timestamp) -> TaskId {
    TaskId::derived(lead, &["follow_up", &at.to_string()])
}
