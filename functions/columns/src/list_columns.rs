//! `GET /api/columns`: the columns that fill themselves, the oldest first.

use crate::App;
use crate::column_view::ColumnView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/columns", operation_id = "list_columns",
    responses((status = 200, body = PageBody<ColumnView>)))]
pub async fn list_columns(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<ColumnView>>> {
    let columns = app.ports.columns.list(&caller.workspace).await?;
    let items = columns.into_iter().map(ColumnView::from).collect();
    Ok(JsonBody(PageBody { items, next_cursor: None, total: None }))
}
