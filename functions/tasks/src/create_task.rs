//! `POST /api/tasks`: creates a task about a lead.

use crate::App;
use crate::task_view::TaskView;
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::workspace::task::{Task, TaskKind};
use domain::{LeadId, TaskId, UserId};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    lead_id: LeadId,
    title: String,
    /// `manual` or `follow_up`; `manual` if left out.
    kind: Option<TaskKind>,
    /// Now, if left out.
    due_at: Option<Timestamp>,
    /// The caller, if left out.
    owner: Option<UserId>,
}

#[utoipa::path(post, path = "/api/tasks", operation_id = "create_task", request_body = NewTask,
    responses((status = 201, body = TaskView)))]
pub async fn create_task(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewTask>,
) -> ApiResult<(StatusCode, JsonBody<TaskView>)> {
    let mut errors = FieldErrors::default();
    let title = errors.required("title", &new.title, 300);
    let kind = new.kind.unwrap_or(TaskKind::Manual);
    if !matches!(kind, TaskKind::Manual | TaskKind::FollowUp) {
        errors.add("kind", "must be manual or follow_up");
    }
    errors.finish()?;
    let lead = caller.seen(app.leads.get(&caller.workspace, &new.lead_id).await);
    let lead =
        lead.map_err(|error| ApiError::from_missing(error, "lead_id", "is not a lead of this workspace"))?;
    if let Some(owner) = &new.owner {
        app.known_user(&caller, owner).await?;
    }
    let now = app.clock.now();
    let id = TaskId::new(&lead.id, app.ids.next());
    let mut task = Task::about(&lead, id, kind, title, now);
    task.owner = new.owner.or_else(|| caller.user().cloned());
    task.due_at = new.due_at.unwrap_or(now);
    task.rev = app.tasks.save(&task, &Event::new(EventKind::TaskCreated, caller.actor(), now)).await?;
    Ok((StatusCode::CREATED, JsonBody(task.into())))
}
