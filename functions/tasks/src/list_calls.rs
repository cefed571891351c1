//! `GET /api/calls`: calls that were made, latest first.

use crate::App;
use crate::task_owner;
use crate::task_view::TaskView;
use axum::extract::State;
use domain::CallId;
use domain::workspace::recording::RecordingState;
use domain::workspace::task::Task;
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallListQuery {
    /// The id of the user who made them, or `me`; calls of all users, if left out.
    user: Option<String>,
    /// 1–200, 50 if left out.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page may be shorter than asked for, and still have a `next_cursor`.
#[utoipa::path(get, path = "/api/calls", operation_id = "list_calls", params(CallListQuery),
    responses((status = 200, body = PageBody<TaskView>)))]
pub async fn list_calls(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<CallListQuery>,
) -> ApiResult<JsonBody<PageBody<TaskView>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor }.parse()?;
    let user = task_owner::parse(&caller, "query.user", query.user.as_deref())?;
    let read = |page| app.tasks.calls(&caller.workspace, user.as_ref(), page);
    let found = caller.page_seen(page, |task: &Task| Some(task.id.lead()), read).await?;
    let placed: Vec<CallId> = found.items.iter().filter_map(|task| task.call.clone()).collect();
    let mut recordings = app.recordings.calls.recordings(&caller.workspace, &placed).await?;
    let costs = app.calling.calls.costs(&caller.workspace, &placed).await?;
    let now = app.clock.now();
    recordings.retain(|recording| recording.state == RecordingState::Ready);
    let view = |task: Task| {
        let recording = recordings.iter().find(|recording| task.call.as_ref() == Some(&recording.call));
        let cost = costs.iter().find(|cost| task.call.as_ref() == Some(&cost.call));
        let (recording, cost) = (recording.cloned().map(Into::into), cost.map(|cost| cost.shown(now)));
        TaskView { recording, cost, ..task.into() }
    };
    Ok(JsonBody(found.map(view).into()))
}
