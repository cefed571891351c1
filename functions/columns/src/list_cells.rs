//! `GET /api/columns/cells`: the cells of up to 100 leads, for a table that fills while people watch.

use crate::App;
use crate::cell_view::CellView;
use axum::extract::State;
use domain::{ColumnId, ColumnRunId, LeadId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, PageBody, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

const MOST_LEADS: usize = 100;

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CellQuery {
    /// The ids of at most 100 leads, separated by commas.
    leads: String,
    /// The ids of columns, separated by commas; those of the run, or all, if left out.
    columns: Option<String>,
    /// A run: only the cells that it has filled or asked are shown.
    run: Option<String>,
}

#[utoipa::path(get, path = "/api/columns/cells", operation_id = "list_cells", params(CellQuery),
    responses((status = 200, body = PageBody<CellView>)))]
pub async fn list_cells(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<CellQuery>,
) -> ApiResult<JsonBody<PageBody<CellView>>> {
    let mut errors = FieldErrors::default();
    let split = |text: &str| {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let leads = split(&query.leads).iter().map(|id| LeadId::parse(id)).collect::<Result<Vec<_>, _>>();
    let leads = errors.take("query.leads", leads).unwrap_or_default();
    if leads.len() > MOST_LEADS {
        errors.add("query.leads", format!("are at most {MOST_LEADS}"));
    }
    let named = query
        .columns
        .as_deref()
        .map(|text| split(text).iter().map(|id| ColumnId::parse(id)).collect::<Result<Vec<_>, _>>());
    let named = named.and_then(|named| errors.take("query.columns", named));
    let run = query.run.as_deref().filter(|text| !text.is_empty()).map(ColumnRunId::parse);
    let run = run.and_then(|run| errors.take("query.run", run));
    errors.finish()?;
    let known = app.ports.columns.list(&caller.workspace).await?;
    let mut columns: Vec<ColumnId> = known.into_iter().map(|column| column.id).collect();
    if let Some(run) = &run {
        let run = app.ports.column_runs.get(&caller.workspace, run).await;
        let run = run.map_err(|error| ApiError::from_missing(error, "query.run", "there is no such run"))?;
        columns.retain(|id| run.columns.contains(id));
    }
    if let Some(named) = &named {
        columns.retain(|id| named.contains(id));
    }
    let cells = app.ports.cells.get_many(&caller.workspace, &leads, &columns).await?;
    let now = app.ports.clock.now();
    let of_run = cells.into_iter().filter(|cell| run.is_none() || cell.run == run);
    let items = of_run.map(|cell| CellView::of(cell, now)).collect();
    Ok(JsonBody(PageBody { items, next_cursor: None, total: None }))
}
