//! `POST /api/tasks`: creates a task about a lead.

use crate::App;
use crate::task_fields::{self, LONGEST_TEXT, LONGEST_TITLE, TaskRepeat};
use crate::task_view::TaskView;
use application::tasks::reminder::plan_reminder;
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::lead::Priority;
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
    /// `manual`, `follow_up`, `call` or `email`; `manual` if left out.
    kind: Option<TaskKind>,
    /// What to say or to bear in mind.
    body: Option<String>,
    /// Now, if left out.
    due_at: Option<Timestamp>,
    /// The caller, if left out.
    owner: Option<UserId>,
    priority: Option<Priority>,
    repeat: Option<TaskRepeat>,
    /// The minutes before it is due at which its owner is reminded; 0 reminds when it is due. No reminder, if left out.
    remind_minutes: Option<u32>,
}

#[utoipa::path(post, path = "/api/tasks", operation_id = "create_task", request_body = NewTask,
    responses((status = 201, body = TaskView)))]
pub async fn create_task(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewTask>,
) -> ApiResult<(StatusCode, JsonBody<TaskView>)> {
    let mut errors = FieldErrors::default();
    let title = errors.required("title", &new.title, LONGEST_TITLE);
    let kind = task_fields::kind(&mut errors, new.kind.unwrap_or(TaskKind::Manual));
    let body = errors.text("body", new.body, LONGEST_TEXT);
    let remind_minutes = task_fields::remind_minutes(&mut errors, new.remind_minutes);
    errors.finish()?;
    let lead = caller.seen(app.leads.get(&caller.workspace, &new.lead_id).await);
    let lead =
        lead.map_err(|error| ApiError::from_missing(error, "lead_id", "is not a lead of this workspace"))?;
    if let Some(owner) = &new.owner {
        app.check_owner(&caller, owner, lead.owner.as_ref()).await?;
    }
    let now = app.clock.now();
    let due_at = new.due_at.unwrap_or(now);
    let mut task = Task {
        body: body.unwrap_or_default(),
        owner: new.owner.or_else(|| caller.user().cloned()),
        due_at,
        priority: new.priority.unwrap_or(Priority::Normal),
        repeat: new.repeat.map(|repeat| repeat.since(due_at)),
        remind_minutes,
        ..Task::about(&lead, TaskId::new(&lead.id, app.ids.next()), kind, title, now)
    };
    task.copy_lead_fields(&lead);
    plan_reminder(&*app.due, &task, now).await?;
    task.rev = app.tasks.save(&task, &Event::new(EventKind::TaskCreated, caller.actor(), now)).await?;
    Ok((StatusCode::CREATED, JsonBody(task.into())))
}
