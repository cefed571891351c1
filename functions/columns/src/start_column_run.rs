//! `POST /api/columns/runs`: fills columns for a selection of leads, under a cap.

use crate::App;
use crate::chosen_leads::ChosenLeads;
use crate::run_view::ColumnRunView;
use application::bulk_messages::start::request_began_at;
use application::columns::runs::{NewRun, start};
use axum::extract::State;
use domain::column::run::RunMode;
use domain::lead::filter::LeadFilter;
use domain::spend::Usd;
use domain::{ColumnId, ColumnRunId, LeadId};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, KeyedId, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewColumnRun {
    columns: Vec<ColumnId>,
    /// The ids of at most 1,000 leads; more are chosen by a filter.
    #[serde(default)]
    ids: Vec<LeadId>,
    filter: Option<LeadFilter>,
    /// Leads that are left out, though the filter matches them.
    #[serde(default)]
    except: Vec<LeadId>,
    /// How many leads the caller saw that the filter matches, those in `except` included.
    expected_count: Option<usize>,
    /// Only leads without a value are asked about.
    #[serde(default)]
    only_gaps: bool,
    /// Values that a user gave are replaced.
    #[serde(default)]
    overwrite: bool,
    /// Fresh values and lost answers are asked for again.
    #[serde(default)]
    again: bool,
    /// The most that the run may spend, in millionths of a dollar; unlimited if left out.
    cap: Option<Usd>,
}

#[utoipa::path(post, path = "/api/columns/runs", operation_id = "start_column_run", request_body = NewColumnRun,
    responses((status = 201, body = ColumnRunView)))]
pub async fn start_column_run(
    State(app): State<Arc<App>>,
    caller: Caller,
    KeyedId(request): KeyedId,
    JsonBody(new): JsonBody<NewColumnRun>,
) -> ApiResult<(StatusCode, JsonBody<ColumnRunView>)> {
    app.known_columns(&caller, &new.columns).await?;
    let chosen = ChosenLeads {
        ids: new.ids,
        filter: new.filter,
        except: new.except,
        expected_count: new.expected_count,
    };
    let chosen = chosen.read(&app, &caller, true).await?;
    // A repeat of the request finds the run that it has started.
    let repeated = request.as_deref().and_then(|request| Some((request, request_began_at(request)?)));
    let id = match repeated {
        Some((request, at)) => ColumnRunId::derived(at, &[caller.workspace.as_str(), request]),
        None => ColumnRunId::new(app.ports.ids.next()),
    };
    let run = NewRun {
        columns: new.columns,
        chosen,
        mode: RunMode { only_gaps: new.only_gaps, overwrite: new.overwrite, again: new.again },
        cap: new.cap,
        by: Some(caller.user_or_key()),
    };
    let started = start(&app.ports, &caller.workspace, id, run).await;
    let started = started.map_err(|error| ApiError::of_query(error, "filter"))?;
    Ok((StatusCode::CREATED, JsonBody(started.into())))
}
