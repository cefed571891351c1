//! `GET /api/columns/cells`: the cells of up to 100 leads, for a table that fills while people watch, or those of a run by
//! their outcome.

use crate::App;
use crate::cell_view::CellView;
use application::columns::runs::cells_of_run;
use axum::extract::State;
use domain::column::cell::{Cell, CellOutcome};
use domain::{ColumnId, ColumnRunId, LeadId};
use http_api::{
    ApiError, ApiResult, BAD_CURSOR, Caller, FieldErrors, JsonBody, PageBody, PageQuery, QueryOf, axum,
    utoipa,
};
use serde::Deserialize;
use std::sync::Arc;

const MOST_LEADS: usize = 100;

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CellQuery {
    /// The ids of at most 100 leads, separated by commas. It is left out for the leads of a run.
    leads: Option<String>,
    /// The ids of columns, separated by commas; those of the run, or all, if left out.
    columns: Option<String>,
    /// A run: only the cells that it has filled or asked are shown.
    run: Option<String>,
    /// Outcomes, separated by commas, such as `failed,answer_lost`: only cells with one of them are shown.
    state: Option<String>,
    /// 1–200 cells of a run's leads, 50 if left out; a few more, where the last lead has several.
    limit: Option<usize>,
    /// `next_cursor` of the page before. A page may have fewer cells than its limit, and more may follow.
    cursor: Option<String>,
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
    let text = query.leads.as_deref().unwrap_or_default();
    let leads = split(text).iter().map(|id| LeadId::parse(id)).collect::<Result<Vec<_>, _>>();
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
    let states = split(query.state.as_deref().unwrap_or_default());
    let states = states
        .iter()
        .map(|text| CellOutcome::parse(text).ok_or_else(|| format!("names {text:?}, which is no outcome")))
        .collect::<Result<Vec<_>, _>>();
    let states = errors.take("query.state", states).unwrap_or_default();
    let cursor = query.cursor.as_deref().filter(|text| !text.is_empty());
    let cursor = cursor.map(|cursor| cursor.parse::<u64>().map_err(|_| BAD_CURSOR));
    let from = cursor.map_or(Some(0), |from| errors.take("query.cursor", from)).unwrap_or_default();
    if text.is_empty() && run.is_none() {
        errors.add("query.leads", "names leads, or run names a run");
    }
    errors.finish()?;
    let page = PageQuery { limit: query.limit, cursor: None }.parse()?;
    let known = app.ports.columns.list(&caller.workspace).await?;
    let mut columns: Vec<ColumnId> = known.into_iter().map(|column| column.id).collect();
    let run = match &run {
        Some(id) => {
            let run = app.ports.column_runs.get(&caller.workspace, id).await;
            let run =
                run.map_err(|error| ApiError::from_missing(error, "query.run", "there is no such run"))?;
            columns.retain(|id| run.columns.contains(id));
            Some(run)
        }
        None => None,
    };
    if let Some(named) = &named {
        columns.retain(|id| named.contains(id));
    }
    let (cells, next) = match &run {
        Some(run) if leads.is_empty() => {
            cells_of_run(&app.ports, run, (&columns, &states), (from, page.limit)).await?
        }
        _ => {
            let mut cells = app.ports.cells.get_many(&caller.workspace, &leads, &columns).await?;
            cells.retain(|cell| run.as_ref().is_none_or(|run| cell.run.as_ref() == Some(&run.id)));
            let is_wanted = |cell: &Cell| cell.outcome().is_some_and(|outcome| states.contains(&outcome));
            cells.retain(|cell| states.is_empty() || is_wanted(cell));
            (cells, None)
        }
    };
    let cells = caller.keep_seen(cells, |cell| Some(cell.lead.clone())).await?;
    let now = app.ports.clock.now();
    let items = cells.into_iter().map(|cell| CellView::of(cell, now)).collect();
    Ok(JsonBody(PageBody { items, next_cursor: next.map(|at| at.to_string()), total: None }))
}
