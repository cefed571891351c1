//! `GET /api/segments/{id}`: one segment.

use crate::App;
use crate::segment_view::SegmentView;
use axum::extract::State;
use domain::SegmentId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/segments/{id}", operation_id = "get_segment",
    params(("id" = SegmentId, Path)), responses((status = 200, body = SegmentView)))]
pub async fn get_segment(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SegmentId>,
) -> ApiResult<JsonBody<SegmentView>> {
    Ok(JsonBody(app.segments.get(&caller.workspace, &id).await?.into()))
}
