//! `POST /api/columns/runs/{id}/cap`: sets the most that a run may spend, from its next page on.

use crate::App;
use crate::run_view::ColumnRunView;
use application::columns::runs::{RunChange, change};
use axum::extract::State;
use domain::ColumnRunId;
use domain::spend::Usd;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunCap {
    /// Millionths of a dollar; unlimited if null or left out.
    cap: Option<Usd>,
}

#[utoipa::path(post, path = "/api/columns/runs/{id}/cap", operation_id = "cap_column_run",
    params(("id" = ColumnRunId, Path)), request_body = RunCap, responses((status = 200, body = ColumnRunView)))]
pub async fn cap_column_run(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ColumnRunId>,
    JsonBody(new): JsonBody<RunCap>,
) -> ApiResult<JsonBody<ColumnRunView>> {
    app.change_run(&caller, &id, RunChange::Cap(new.cap)).await
}

impl App {
    /// Changes a run, or answers that its state does not allow it.
    pub async fn change_run(
        &self,
        caller: &Caller,
        id: &ColumnRunId,
        to: RunChange,
    ) -> ApiResult<JsonBody<ColumnRunView>> {
        match change(&self.ports, &caller.workspace, id, (to, caller.actor())).await? {
            Some(run) => Ok(JsonBody(run.into())),
            None => {
                let detail = match to {
                    RunChange::Pause => "Only a run that is running can be paused.",
                    RunChange::Resume => "Only a run that is paused or out of money can be resumed.",
                    RunChange::Stop | RunChange::Cap(_) => "The run is over.",
                };
                Err(ApiError::conflict("run_state", detail))
            }
        }
    }
}
