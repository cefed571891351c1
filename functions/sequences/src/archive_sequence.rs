//! `DELETE /api/sequences/{id}`: archives a sequence; refused while campaigns still use it.

use crate::App;
use axum::extract::State;
use domain::SequenceId;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/sequences/{id}", operation_id = "archive_sequence",
    params(("id" = SequenceId, Path)), responses((status = 204)))]
pub async fn archive_sequence(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SequenceId>,
) -> ApiResult<StatusCode> {
    let mut sequence = app.sequences.get(&caller.workspace, &id).await?;
    if !sequence.archived {
        app.is_used_by_none(&caller.workspace, &id).await?;
        sequence.archived = true;
        sequence.updated_at = app.clock.now();
        let event = Event::new(EventKind::SequenceArchived, caller.actor(), sequence.updated_at);
        app.sequences.save(&sequence, &event).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
