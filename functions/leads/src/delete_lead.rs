//! `DELETE /api/leads/{id}`: deletes a lead and everything stored about it, in the table and in the bucket.
//! Its enrolments end first. If a request fails midway, the lead is already hidden from all users; a repeated
//! request completes the deletion, or else a hint does.

use crate::App;
use application::StoreError;
use application::lead::change::erase_blobs;
use application::ports::due::{DueWork, Hint};
use application::ports::store::found;
use application::retry;
use axum::extract::State;
use domain::LeadId;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The hint is due after this time, which is longer than a function runs.
const LOOKED_AT_AGAIN: SignedDuration = SignedDuration::from_mins(15);

#[utoipa::path(delete, path = "/api/leads/{id}", operation_id = "delete_lead", params(("id" = LeadId, Path)),
    responses((status = 204)))]
pub async fn delete_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<StatusCode> {
    let now = app.clock.now();
    let event = Event::new(EventKind::LeadDeleted, caller.actor(), now);
    let ended = app.enrolments.stop(&caller.workspace, &id, EndReason::Removed, &event).await;
    if found(ended)?.is_some() {
        let at = now.checked_add(LOOKED_AT_AGAIN).unwrap_or(Timestamp::MAX);
        let what = DueWork::Erase { workspace: caller.workspace.clone(), lead: id.clone() };
        app.due.put(&[Hint { at, what }]).await?;
    }
    match app.previews.revoke(&caller.workspace, &id).await {
        Ok(()) | Err(StoreError::NotFound) => {}
        Err(other) => return Err(other.into()),
    }
    let named = retry!(async {
        let deleted = app.leads.delete(&caller.workspace, &id, &event).await;
        if matches!(deleted, Err(StoreError::Conflict)) {
            // Enrolments made meanwhile end too, or they would count as active for ever.
            found(app.enrolments.stop(&caller.workspace, &id, EndReason::Removed, &event).await)?;
        }
        deleted
    });
    erase_blobs(&*app.leads, &*app.blobs, (&caller.workspace, &id), named?).await?;
    Ok(StatusCode::NO_CONTENT)
}
