//! `POST /api/columns/runs/{id}/resume`: continues a run that is paused or out of money.

use crate::App;
use crate::run_view::ColumnRunView;
use application::columns::runs::RunChange;
use axum::extract::State;
use domain::ColumnRunId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/columns/runs/{id}/resume", operation_id = "resume_column_run",
    params(("id" = ColumnRunId, Path)), responses((status = 200, body = ColumnRunView)))]
pub async fn resume_column_run(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ColumnRunId>,
) -> ApiResult<JsonBody<ColumnRunView>> {
    app.change_run(&caller, &id, RunChange::Resume).await
}
