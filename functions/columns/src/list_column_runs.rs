//! `GET /api/columns/runs`: the last fifty runs, newest first.

use crate::App;
use crate::run_view::ColumnRunView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/columns/runs", operation_id = "list_column_runs",
    responses((status = 200, body = PageBody<ColumnRunView>)))]
pub async fn list_column_runs(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<ColumnRunView>>> {
    let runs = app.ports.column_runs.list(&caller.workspace).await?;
    let items = runs.into_iter().map(ColumnRunView::from).collect();
    Ok(JsonBody(PageBody { items, next_cursor: None, total: None }))
}
