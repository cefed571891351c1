//! `PATCH /api/tasks/{id}`: changes, snoozes, reassigns or closes a task.

use crate::App;
use crate::task_fields::{self, LONGEST_TEXT, LONGEST_TITLE, TaskRepeat};
use crate::task_view::TaskView;
use application::tasks::close_task::close_task;
use application::tasks::follow_up::end_follow_up;
use application::tasks::next_task::{cancel_next_tasks, write_next_tasks};
use application::tasks::reminder::plan_reminder;
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::lead::Priority;
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{CallId, TaskId, UserId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, given, utoipa};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TaskChanges {
    done: Option<bool>,
    /// Closes the task. `booked`, `not_interested` and `do_not_call` end every enrolment of the lead; `do_not_call` cancels
    /// its other calls, too, and a repetition; `callback` makes a task for `again_at`; a call with `no_answer` or `busy`,
    /// that no sequence waits for and that is not repeated, is tried again on the next working day, three times at most.
    outcome: Option<TaskOutcome>,
    /// When the lead wants to be called: only with the outcome `callback`, which needs it.
    again_at: Option<Timestamp>,
    /// What was noted about the call.
    note: Option<String>,
    /// The length of the call.
    call_seconds: Option<u32>,
    /// The call that the app placed for it, of the same lead.
    call_id: Option<CallId>,
    due_at: Option<Timestamp>,
    title: Option<String>,
    /// `manual`, `follow_up`, `call` or `email`; only for a task of one of these kinds.
    kind: Option<TaskKind>,
    body: Option<String>,
    priority: Option<Priority>,
    /// Null ends the repetition.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<TaskRepeat>)]
    repeat: Option<Option<TaskRepeat>>,
    /// Null removes the reminder.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<u32>)]
    remind_minutes: Option<Option<u32>>,
    /// Null removes the owner.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<UserId>)]
    owner: Option<Option<UserId>>,
    /// The revision that the caller saw; `If-Match` does the same.
    rev: Option<u64>,
}

#[utoipa::path(patch, path = "/api/tasks/{id}", operation_id = "change_task", params(("id" = TaskId, Path)),
    request_body = TaskChanges, responses((status = 200, body = TaskView)))]
pub async fn change_task(
    State(app): State<Arc<App>>,
    caller: Caller,
    seen: IfMatch,
    PathOf(id): PathOf<TaskId>,
    JsonBody(changes): JsonBody<TaskChanges>,
) -> ApiResult<JsonBody<TaskView>> {
    let before = app.tasks.get(&caller.workspace, &id).await?;
    seen.check(changes.rev, before.rev)?;
    let now = app.clock.now();
    let (closes_anew, again_at) = (changes.outcome.is_some(), changes.again_at);
    if let Some(Some(owner)) = &changes.owner {
        let lead = app.leads.get(&caller.workspace, &before.id.lead()).await?;
        app.check_owner(&caller, owner, lead.owner.as_ref()).await?;
    }
    let mut task = before.clone();
    apply(changes, &mut task, &caller, now)?;
    if task.kind != before.kind {
        let lead = app.leads.get(&caller.workspace, &task.id.lead()).await?;
        task.copy_lead_fields(&lead);
    }
    if task == before && !closes_anew {
        return Ok(JsonBody(task.into()));
    }
    let kind = match (before.done_at, task.done_at) {
        (None, Some(_)) => EventKind::TaskDone,
        (Some(_), None) => EventKind::TaskReopened,
        _ => EventKind::TaskChanged,
    };
    let event = Event::new(kind, caller.actor(), now);
    let closes = task.done_at.is_some() && (before.done_at.is_none() || closes_anew);
    if closes {
        write_next_tasks((&*app.tasks, &*app.leads, &*app.due), &task, again_at, &event).await?;
        end_follow_up(&*app.leads, &task, &event).await?;
        task.rev = close_task(&app.closing, &task, &event).await?;
        return Ok(JsonBody(task.into()));
    }
    if kind == EventKind::TaskReopened {
        cancel_next_tasks(&*app.tasks, &task, &event).await?;
    }
    if task.remind_at() != before.remind_at() || kind == EventKind::TaskReopened {
        plan_reminder(&*app.due, &task, now).await?;
    }
    task.rev = app.tasks.save(&task, &event).await?;
    Ok(JsonBody(task.into()))
}

fn apply(changes: TaskChanges, task: &mut Task, caller: &Caller, now: Timestamp) -> ApiResult<()> {
    let mut errors = FieldErrors::default();
    if let Some(title) = changes.title {
        task.title = errors.required("title", &title, LONGEST_TITLE);
    }
    if let Some(kind) = changes.kind.filter(|kind| *kind != task.kind) {
        let is_free = task_fields::kind_is_free(task);
        task.kind = task_fields::kind(&mut errors, kind);
        if !is_free {
            errors.add("kind", "of this task cannot be changed");
        }
    }
    if let Some(body) = changes.body {
        task.body = errors.text("body", Some(body), LONGEST_TEXT).unwrap_or_default();
    }
    if let Some(note) = changes.note {
        task.note = errors.text("note", Some(note), LONGEST_TEXT);
    }
    if let Some(seconds) = changes.call_seconds {
        task.call_seconds = Some(task_fields::call_seconds(&mut errors, seconds));
    }
    if let Some(call) = changes.call_id {
        match call.lead() == task.id.lead() {
            true => task.call = Some(call),
            false => errors.add("call_id", "is not a call of this lead"),
        }
    }
    if let Some(minutes) = changes.remind_minutes {
        task.remind_minutes = task_fields::remind_minutes(&mut errors, minutes);
    }
    match (changes.outcome, changes.again_at) {
        (Some(TaskOutcome::Callback), None) => errors.add("again_at", "say when the lead wants to be called"),
        (Some(TaskOutcome::Callback), Some(at)) if at <= now => {
            errors.add("again_at", "must be in the future")
        }
        (Some(TaskOutcome::Callback), Some(_)) | (_, None) => {}
        (_, Some(_)) => errors.add("again_at", "is only for the outcome callback"),
    }
    errors.finish()?;
    task.owner = changes.owner.unwrap_or_else(|| task.owner.clone());
    task.due_at = changes.due_at.unwrap_or(task.due_at);
    task.priority = changes.priority.unwrap_or(task.priority);
    if let Some(repeat) = changes.repeat {
        task.repeat = repeat.map(|repeat| repeat.since(task.due_at));
    }
    match (changes.outcome, changes.done) {
        (Some(_), Some(false)) => {
            return Err(ApiError::invalid("outcome", "is only for a task that is done"));
        }
        (Some(outcome), _) => task.close(outcome, task.done_at.unwrap_or(now)),
        (None, Some(true)) if task.done_at.is_none() => task.close(TaskOutcome::Done, now),
        (None, Some(false)) => (task.done_at, task.outcome, task.done_by) = (None, None, None),
        (None, _) => return Ok(()),
    }
    if task.done_at.is_some() {
        task.done_by = caller.user().cloned();
    }
    Ok(())
}
