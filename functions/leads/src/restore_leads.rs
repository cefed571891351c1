//! `POST /api/leads/restore`: brings many deleted leads back.

use crate::App;
use crate::bulk_change::{SkippedLead, SkippedLeadReason};
use crate::chosen_leads::{AT_ONCE, refuse_too_many, seen};
use application::StoreError;
use application::lead::deletion;
use axum::extract::State;
use domain::LeadId;
use futures::StreamExt;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadsToRestore {
    /// The leads to restore, at most 1,000.
    ids: Vec<LeadId>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RestoredLeads {
    pub restored: Vec<LeadId>,
    /// Leads that were not restored, and why: one that was erased is `no_such_lead`.
    pub skipped: Vec<SkippedLead>,
    /// The restored leads with their revisions, `id:rev`, if they are at most 100: the list shows them at once to whoever
    /// gives them as `seen`.
    pub seen: Vec<String>,
}

/// Restores deleted leads as they were. Their enrolments stay ended.
#[utoipa::path(post, path = "/api/leads/restore", operation_id = "restore_leads", request_body = LeadsToRestore,
    responses((status = 200, body = RestoredLeads)))]
pub async fn restore_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(wanted): JsonBody<LeadsToRestore>,
) -> ApiResult<JsonBody<RestoredLeads>> {
    refuse_too_many(wanted.ids.len(), false)?;
    let (app, caller) = (&app, &caller);
    let each = wanted.ids.into_iter().map(|id| async move {
        let (named, by) = ((&caller.workspace, &id), Some(caller.user_or_key()));
        let done = match caller.check_lead(&id).await {
            Ok(()) => deletion::restore_lead(&app.deletion, named, by).await,
            Err(error) => Err(error),
        };
        (id, done)
    });
    let (mut restored, mut skipped, mut revisions) = (Vec::new(), Vec::new(), Vec::new());
    for (lead_id, done) in futures::stream::iter(each).buffered(AT_ONCE).collect::<Vec<_>>().await {
        match done {
            Ok(lead) => {
                revisions.push(lead);
                restored.push(lead_id);
            }
            Err(StoreError::NotFound) => {
                skipped.push(SkippedLead { lead_id, reason: SkippedLeadReason::NoSuchLead });
            }
            Err(error) => {
                tracing::warn!(lead.id = %lead_id, %error, "a lead could not be restored");
                skipped.push(SkippedLead { lead_id, reason: SkippedLeadReason::Busy });
            }
        }
    }
    Ok(JsonBody(RestoredLeads { restored, skipped, seen: seen(&revisions) }))
}
