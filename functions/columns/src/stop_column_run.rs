//! `POST /api/columns/runs/{id}/stop`: stops a run for good: no further call begins.

use crate::App;
use crate::run_view::ColumnRunView;
use application::columns::runs::RunChange;
use axum::extract::State;
use domain::ColumnRunId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/columns/runs/{id}/stop", operation_id = "stop_column_run",
    params(("id" = ColumnRunId, Path)), responses((status = 200, body = ColumnRunView)))]
pub async fn stop_column_run(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ColumnRunId>,
) -> ApiResult<JsonBody<ColumnRunView>> {
    app.change_run(&caller, &id, RunChange::Stop).await
}
