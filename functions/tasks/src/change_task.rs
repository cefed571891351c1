//! `PATCH /api/tasks/{id}`: completes, snoozes or reassigns a task.

use crate::App;
use crate::task_view::TaskView;
use application::tasks::close_task::close_task;
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::workspace::task::TaskOutcome;
use domain::{TaskId, UserId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, given, utoipa};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TaskChanges {
    done: Option<bool>,
    /// Closes the task. `booked`, `not_interested` and `do_not_call` end every enrolment of the lead.
    outcome: Option<TaskOutcome>,
    due_at: Option<Timestamp>,
    title: Option<String>,
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
    let mut task = before.clone();
    let mut errors = FieldErrors::default();
    if let Some(title) = changes.title {
        task.title = errors.required("title", &title, 300);
    }
    errors.finish()?;
    if let Some(owner) = changes.owner {
        if let Some(owner) = &owner {
            app.known_user(&caller, owner).await?;
        }
        task.owner = owner;
    }
    task.due_at = changes.due_at.unwrap_or(task.due_at);
    match (changes.outcome, changes.done) {
        (Some(_), Some(false)) => {
            return Err(ApiError::invalid("outcome", "is only for a task that is done"));
        }
        (Some(outcome), _) => task.close(outcome, task.done_at.unwrap_or(now)),
        (None, Some(true)) if task.done_at.is_none() => task.close(TaskOutcome::Done, now),
        (None, Some(false)) => (task.done_at, task.outcome) = (None, None),
        (None, _) => {}
    }
    if task == before && changes.outcome.is_none() {
        return Ok(JsonBody(task.into()));
    }
    let kind = match (before.done_at, task.done_at) {
        (None, Some(_)) => EventKind::TaskDone,
        (Some(_), None) => EventKind::TaskReopened,
        _ => EventKind::TaskChanged,
    };
    let event = Event::new(kind, caller.actor(), now);
    let closes = task.done_at.is_some() && (before.done_at.is_none() || changes.outcome.is_some());
    task.rev = match closes {
        true => close_task(&app.closing, &task, &event).await?,
        false => app.tasks.save(&task, &event).await?,
    };
    Ok(JsonBody(task.into()))
}
