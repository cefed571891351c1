//! `POST /api/leads/{id}/unmerge`: makes a lead that was merged into this one a lead of its own again.

use crate::App;
use crate::chosen_leads::seen;
use crate::lead_view::{LeadView, read_view};
use crate::merge_leads::address_taken;
use application::lead::merging::{self, UnmergeOutcome};
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadToUnmerge {
    /// The lead that was merged into this one.
    lead: LeadId,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UnmergedLeads {
    pub lead: LeadView,
    /// The lead that is one of its own again.
    pub parted: LeadView,
    /// The leads with their revisions, `id:rev`: the list shows them at once to whoever gives them as `seen`.
    pub seen: Vec<String>,
}

/// Undoes a merge within 30 days, the latest first. Each field gets its former value where it was not changed since. Messages stay with the
/// lead that they were sent to, sequences stay ended, and what the person asked not to get, neither gets.
#[utoipa::path(post, path = "/api/leads/{id}/unmerge", operation_id = "unmerge_leads", params(("id" = LeadId, Path)),
    request_body = LeadToUnmerge, responses((status = 200, body = UnmergedLeads)))]
pub async fn unmerge_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    JsonBody(wanted): JsonBody<LeadToUnmerge>,
) -> ApiResult<JsonBody<UnmergedLeads>> {
    let (pair, by) = ((&id, &wanted.lead), Some(caller.user_or_key()));
    let pair = match merging::unmerge_leads(&app.merging, &caller.workspace, pair, by).await? {
        UnmergeOutcome::Unmerged(pair) => pair,
        UnmergeOutcome::NoSuchMerge => return Err(ApiError::not_found("merge")),
        UnmergeOutcome::TooLate => {
            let detail = "The merge was more than 30 days ago: it can no longer be undone.";
            return Err(ApiError::conflict("undo_over", detail));
        }
        UnmergeOutcome::LaterFirst => {
            let detail = "Another lead was merged into this one since. Undo that merge first.";
            return Err(ApiError::conflict("undo_later_first", detail));
        }
        UnmergeOutcome::Busy => {
            let detail =
                "The leads are being changed, or another lead has their number. Try again in a moment.";
            return Err(ApiError::conflict("busy", detail));
        }
        UnmergeOutcome::AddressTaken(address) => return Err(address_taken(&address)),
    };
    Ok(JsonBody(UnmergedLeads {
        lead: read_view(&app, &caller.workspace, &id).await?,
        parted: read_view(&app, &caller.workspace, &wanted.lead).await?,
        seen: seen(&[pair.survivor, pair.absorbed]),
    }))
}
