//! `GET /api/tasks/{id}`: one task.

use crate::App;
use crate::task_view::TaskView;
use axum::extract::State;
use domain::TaskId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/tasks/{id}", operation_id = "get_task", params(("id" = TaskId, Path)),
    responses((status = 200, body = TaskView)))]
pub async fn get_task(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<TaskId>,
) -> ApiResult<JsonBody<TaskView>> {
    Ok(JsonBody(app.tasks.get(&caller.workspace, &id).await?.into()))
}
