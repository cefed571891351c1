//! `POST /api/leads/delete`: deletes many leads, named by id or by filter.

use crate::App;
use crate::bulk_change::{SkippedLead, SkippedLeadReason};
use crate::chosen_leads::{AT_ONCE, ChosenLeads, refuse_too_many, seen};
use application::StoreError;
use application::lead::deletion;
use axum::extract::State;
use domain::LeadId;
use domain::lead::filter::LeadFilter;
use futures::StreamExt;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The leads to delete, at most 1,000: `ids`, or `filter` with the count that the caller saw, including those in
/// `except`. A count that differs by now is answered with 409 and nothing is deleted.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadsToDelete {
    #[serde(default)]
    ids: Vec<LeadId>,
    filter: Option<LeadFilter>,
    /// Leads that are left out, though the filter matches them.
    #[serde(default)]
    except: Vec<LeadId>,
    expected_count: Option<usize>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeletedLeads {
    /// The number of leads that the request selects.
    pub matched: usize,
    /// The leads that were deleted. `POST /api/leads/restore` with these ids undoes it; their enrolments stay ended.
    pub deleted: Vec<LeadId>,
    /// Leads that were not deleted, and why.
    pub skipped: Vec<SkippedLead>,
    /// The deleted leads with their revisions, `id:rev`, if they are at most 100: the list leaves them out at once for
    /// whoever gives them as `seen`.
    pub seen: Vec<String>,
}

#[utoipa::path(post, path = "/api/leads/delete", operation_id = "delete_leads", request_body = LeadsToDelete,
    responses((status = 200, body = DeletedLeads)))]
pub async fn delete_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(wanted): JsonBody<LeadsToDelete>,
) -> ApiResult<JsonBody<DeletedLeads>> {
    let chosen = ChosenLeads {
        ids: &wanted.ids,
        filter: wanted.filter.as_ref(),
        except: &wanted.except,
        expected_count: wanted.expected_count,
    };
    let (matched, ids) = chosen.find(&app, &caller).await?;
    refuse_too_many(matched, wanted.filter.is_some())?;
    let (app, caller) = (&app, &caller);
    let each = ids.into_iter().map(|id| async move {
        // A lead that is deleted already is not restored by an undo of this request.
        let shown = caller.seen(app.leads.get(&caller.workspace, &id).await);
        let by = Some(caller.user_or_key());
        let done = match shown {
            // It was merged into another lead, which this request does not name.
            Ok(lead) if lead.id != id => Err(StoreError::NotFound),
            Ok(_) => deletion::delete_lead(&app.deletion, (&caller.workspace, &id), by).await,
            Err(error) => Err(error),
        };
        (id, done)
    });
    let (mut deleted, mut skipped, mut revisions) = (Vec::new(), Vec::new(), Vec::new());
    for (lead_id, done) in futures::stream::iter(each).buffered(AT_ONCE).collect::<Vec<_>>().await {
        match done {
            Ok(lead) => {
                revisions.extend(lead);
                deleted.push(lead_id);
            }
            Err(StoreError::NotFound) => {
                skipped.push(SkippedLead { lead_id, reason: SkippedLeadReason::NoSuchLead });
            }
            // What was deleted before is told, so that it can be undone.
            Err(error) => {
                tracing::warn!(lead.id = %lead_id, %error, "a lead could not be deleted");
                skipped.push(SkippedLead { lead_id, reason: SkippedLeadReason::Busy });
            }
        }
    }
    Ok(JsonBody(DeletedLeads { matched, deleted, skipped, seen: seen(&revisions) }))
}
