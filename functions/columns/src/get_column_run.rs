//! `GET /api/columns/runs/{id}`: a run's progress.

use crate::App;
use crate::run_view::ColumnRunView;
use axum::extract::State;
use domain::ColumnRunId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/columns/runs/{id}", operation_id = "get_column_run",
    params(("id" = ColumnRunId, Path)), responses((status = 200, body = ColumnRunView)))]
pub async fn get_column_run(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ColumnRunId>,
) -> ApiResult<JsonBody<ColumnRunView>> {
    Ok(JsonBody(app.ports.column_runs.get(&caller.workspace, &id).await?.into()))
}
