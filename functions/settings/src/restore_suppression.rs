//! `POST /api/settings/suppressions/restore`: undoes a removal; the entry has its former reason, source and
//! date.

use crate::App;
use crate::suppression_view::SuppressionView;
use application::lead::suppressing::suppress_scope;
use axum::extract::State;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreSuppression {
    /// `undo` from the answer to the removal.
    undo: String,
}

#[utoipa::path(post, path = "/api/settings/suppressions/restore", operation_id = "restore_suppression",
    request_body = RestoreSuppression, responses((status = 200, body = SuppressionView)))]
pub async fn restore_suppression(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(restore): JsonBody<RestoreSuppression>,
) -> ApiResult<JsonBody<SuppressionView>> {
    let entry = app.unsealed(&caller.workspace, &restore.undo);
    let entry = entry.ok_or_else(|| ApiError::invalid("undo", "is nothing that a lift has answered here"))?;
    let now = app.clock.now();
    let event = Event::new(EventKind::SuppressionRestored, caller.actor(), now);
    if !suppress_scope(&app.suppressing, &entry, &event).await? {
        return Err(ApiError::invalid("undo", "is about the workspace's own address or number"));
    }
    // Leads that were enrolled meanwhile are unenrolled again.
    let workspace = app.workspaces.get(&caller.workspace).await?;
    if entry.ends_everything(&workspace.endings) {
        for lead in app.leads_of(&caller, &entry.scope).await? {
            let event = Event::new(EventKind::LeadStopped, caller.actor(), now);
            app.enrolments.stop(&caller.workspace, &lead, EndReason::Suppressed, &event).await?;
        }
    }
    app.note_on_leads(&caller, &entry.scope, "Back on the suppression list: the lift was undone.").await?;
    Ok(JsonBody(app.standing(entry).await?.into()))
}
