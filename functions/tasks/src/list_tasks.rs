//! `GET /api/tasks`: open tasks, earliest due first.

use crate::App;
use crate::task_owner;
use crate::task_view::TaskView;
use application::ports::tasks::OwnedBy;
use axum::extract::State;
use domain::workspace::task::Task;
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TaskListQuery {
    /// A user's id, or `me`; tasks of all users, if left out.
    owner: Option<String>,
    /// Whether the tasks without an owner are listed with the owner's; false if left out.
    unowned: Option<bool>,
    /// 1–200, 50 if left out.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

#[utoipa::path(get, path = "/api/tasks", operation_id = "list_tasks", params(TaskListQuery),
    responses((status = 200, body = PageBody<TaskView>)))]
pub async fn list_tasks(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<TaskListQuery>,
) -> ApiResult<JsonBody<PageBody<TaskView>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor }.parse()?;
    let owner = task_owner::parse(&caller, "query.owner", query.owner.as_deref())?;
    let or_nobody = query.unowned == Some(true);
    let owner = owner.as_ref().map(|user| OwnedBy { user, or_nobody });
    let read = |page| app.tasks.open(&caller.workspace, owner, page);
    let found = caller.page_seen(page, |task: &Task| Some(task.id.lead()), read).await?;
    Ok(JsonBody(found.map(TaskView::from).into()))
}
