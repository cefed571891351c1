//! `DELETE /api/segments/{id}`: deletes a segment that nothing uses. Jobs under way go on: they have its rule.

use crate::App;
use crate::rule_uses::{refuse_in_use, uses_of};
use axum::extract::State;
use domain::SegmentId;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/segments/{id}", operation_id = "delete_segment",
    params(("id" = SegmentId, Path)), responses((status = 204)))]
pub async fn delete_segment(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SegmentId>,
) -> ApiResult<StatusCode> {
    let segment = app.segments.get(&caller.workspace, &id).await?;
    let uses = uses_of(&app, &caller, |filter| filter.segment.as_ref() == Some(&id)).await?;
    refuse_in_use("The segment is", uses)?;
    let event = Event::new(EventKind::SegmentDeleted, caller.actor(), app.clock.now());
    app.segments.delete(&segment, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}
