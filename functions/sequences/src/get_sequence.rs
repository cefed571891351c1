//! `GET /api/sequences/{id}`: one sequence.

use crate::App;
use crate::sequence_view::SequenceView;
use axum::extract::State;
use domain::SequenceId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/sequences/{id}", operation_id = "get_sequence", params(("id" = SequenceId, Path)),
    responses((status = 200, body = SequenceView)))]
pub async fn get_sequence(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SequenceId>,
) -> ApiResult<JsonBody<SequenceView>> {
    Ok(JsonBody(app.sequences.get(&caller.workspace, &id).await?.into()))
}
