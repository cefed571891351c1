//! `GET /api/segments`: the workspace's segments by name.

use crate::App;
use crate::segment_view::SegmentView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/segments", operation_id = "list_segments",
    responses((status = 200, body = PageBody<SegmentView>)))]
pub async fn list_segments(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<SegmentView>>> {
    let mut segments = app.segments.list(&caller.workspace).await?;
    segments.sort_by_cached_key(|segment| segment.name.to_lowercase());
    let items = segments.into_iter().map(SegmentView::from).collect();
    Ok(JsonBody(PageBody { items, next_cursor: None, total: None }))
}
