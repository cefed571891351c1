//! `PATCH /api/tasks/{id}`: done, snoozed, given to somebody else.

use crate::App;
use crate::task_view::TaskView;
use axum::extract::State;
use domain::event::Event;
use domain::{TaskId, UserId};
use http_api::{ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, given, utoipa};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct TaskChanges {
    done: Option<bool>,
    due_at: Option<Timestamp>,
    title: Option<String>,
    /// Nobody, if null.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<UserId>)]
    owner: Option<Option<UserId>>,
    /// The revision the caller saw; `If-Match` means the same.
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
    task.done_at = match changes.done {
        Some(true) => task.done_at.or(Some(now)),
        Some(false) => None,
        None => task.done_at,
    };
    if task == before {
        return Ok(JsonBody(task.into()));
    }
    let kind = match (before.done_at, task.done_at) {
        (None, Some(_)) => "task_done",
        (Some(_), None) => "task_reopened",
        _ => "task_changed",
    };
    task.rev = app.tasks.save(&task, &Event::new(kind, caller.actor(), now)).await?;
    Ok(JsonBody(task.into()))
}
