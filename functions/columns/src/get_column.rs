//! `GET /api/columns/{id}`: one column.

use crate::App;
use crate::column_view::ColumnView;
use axum::extract::State;
use domain::ColumnId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/columns/{id}", operation_id = "get_column", params(("id" = ColumnId, Path)),
    responses((status = 200, body = ColumnView)))]
pub async fn get_column(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ColumnId>,
) -> ApiResult<JsonBody<ColumnView>> {
    Ok(JsonBody(app.ports.columns.get(&caller.workspace, &id).await?.into()))
}
