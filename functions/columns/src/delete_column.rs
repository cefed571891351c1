//! `DELETE /api/columns/{id}`: deletes a column. Its field and the values in it stay.

use crate::App;
use axum::extract::State;
use domain::ColumnId;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/columns/{id}", operation_id = "delete_column",
    params(("id" = ColumnId, Path)), responses((status = 204)))]
pub async fn delete_column(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ColumnId>,
) -> ApiResult<StatusCode> {
    let column = app.ports.columns.get(&caller.workspace, &id).await?;
    let event = Event::new(EventKind::ColumnDeleted, caller.actor(), app.ports.clock.now());
    app.ports.columns.delete(&column, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}
