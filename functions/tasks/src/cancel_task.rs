//! `DELETE /api/tasks/{id}`: cancels a task, which is not repeated either. It stays on record, and an enrolment that waits for it goes on.

use crate::App;
use application::tasks::close_task::close_task;
use application::tasks::follow_up::end_follow_up;
use axum::extract::State;
use domain::TaskId;
use domain::event::{Event, EventKind};
use domain::workspace::task::TaskOutcome;
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/tasks/{id}", operation_id = "cancel_task", params(("id" = TaskId, Path)),
    responses((status = 204)))]
pub async fn cancel_task(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<TaskId>,
) -> ApiResult<StatusCode> {
    let mut task = app.tasks.get(&caller.workspace, &id).await?;
    if task.done_at.is_none() {
        let now = app.clock.now();
        task.close(TaskOutcome::Cancelled, now);
        task.done_by = caller.user().cloned();
        let event = Event::new(EventKind::TaskCancelled, caller.actor(), now);
        end_follow_up(&*app.leads, &task, &event).await?;
        close_task(&app.closing, &task, &event).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
