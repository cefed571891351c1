//! `DELETE /api/calls/{id}/recording`: deletes a call's recording, also at the provider.

use crate::App;
use application::StoreError;
use application::tasks::recordings::delete_recording as delete;
use axum::extract::State;
use domain::CallId;
use domain::event::{Event, EventKind};
use domain::workspace::recording::RecordingState;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/calls/{id}/recording", operation_id = "delete_recording",
    params(("id" = CallId, Path)), responses((status = 204)))]
pub async fn delete_recording(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CallId>,
) -> ApiResult<StatusCode> {
    let calls = &*app.recordings.calls;
    app.leads.get(&caller.workspace, &id.lead()).await?;
    let recording = calls.recording(&caller.workspace, &id).await?;
    let now = app.clock.now();
    if !recording.is_over(now) {
        let detail = "The recording is not ready yet. Delete it once the call is over.";
        return Err(ApiError::conflict("recording_not_ready", detail));
    }
    if recording.state == RecordingState::Deleted {
        return Err(StoreError::NotFound.into());
    }
    let event = Event::new(EventKind::RecordingDeleted, caller.actor(), now);
    delete(calls, &*app.due, (&recording, now), &event).await?;
    Ok(StatusCode::NO_CONTENT)
}
