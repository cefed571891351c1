//! `GET /api/columns/{id}/cells/{lead}`: how a value was found.

use crate::App;
use crate::cell_view::{CellDetail, CellView};
use axum::extract::State;
use domain::column::cell::Cell;
use domain::{ColumnId, LeadId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/columns/{id}/cells/{lead}", operation_id = "get_cell",
    params(("id" = ColumnId, Path), ("lead" = LeadId, Path)), responses((status = 200, body = CellDetail)))]
pub async fn get_cell(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf((id, lead)): PathOf<(ColumnId, LeadId)>,
) -> ApiResult<JsonBody<CellDetail>> {
    let column = app.ports.columns.get(&caller.workspace, &id).await?;
    let lead = app.ports.leads.get(&caller.workspace, &lead).await?;
    let now = app.ports.clock.now();
    let cell = app.ports.cells.get(&caller.workspace, &lead.id, &id).await?;
    let mut cell = cell.unwrap_or_else(|| Cell::empty(caller.workspace.clone(), lead.id.clone(), id, now));
    let steps = std::mem::take(&mut cell.steps);
    let lead_value = column.target.value_in(&lead);
    Ok(JsonBody(CellDetail { cell: CellView::of(cell, now), lead_value, steps }))
}
