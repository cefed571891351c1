//! `POST /api/columns/{id}/cells/{lead}/run`: fills one cell again, now.

use crate::App;
use crate::run_view::ColumnRunView;
use application::columns::runs::{Chosen, NewRun, start};
use axum::extract::State;
use domain::column::run::RunMode;
use domain::{ColumnId, ColumnRunId, LeadId};
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/columns/{id}/cells/{lead}/run", operation_id = "run_cell",
    params(("id" = ColumnId, Path), ("lead" = LeadId, Path)), responses((status = 202, body = ColumnRunView)))]
pub async fn run_cell(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf((id, lead)): PathOf<(ColumnId, LeadId)>,
) -> ApiResult<(StatusCode, JsonBody<ColumnRunView>)> {
    let column = app.ports.columns.get(&caller.workspace, &id).await?;
    let lead = app.ports.leads.get(&caller.workspace, &lead).await?;
    let new = NewRun {
        columns: vec![column.id],
        chosen: Chosen::Named(vec![lead.id]),
        mode: RunMode { only_gaps: false, overwrite: false, again: true },
        cap: None,
        by: Some(caller.user_or_key()),
    };
    let run = start(&app.ports, &caller.workspace, ColumnRunId::new(app.ports.ids.next()), new).await?;
    Ok((StatusCode::ACCEPTED, JsonBody(run.into())))
}
