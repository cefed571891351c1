//! `POST /api/columns/runs/{id}/pause`: pauses a run: no further call begins.

use crate::App;
use crate::run_view::ColumnRunView;
use application::columns::runs::RunChange;
use axum::extract::State;
use domain::ColumnRunId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/columns/runs/{id}/pause", operation_id = "pause_column_run",
    params(("id" = ColumnRunId, Path)), responses((status = 200, body = ColumnRunView)))]
pub async fn pause_column_run(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ColumnRunId>,
) -> ApiResult<JsonBody<ColumnRunView>> {
    app.change_run(&caller, &id, RunChange::Pause).await
}
