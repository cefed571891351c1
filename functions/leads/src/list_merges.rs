//! `GET /api/leads/{id}/merges`: the leads that were merged into this one.

use crate::App;
use axum::extract::State;
use domain::event::UserOrKey;
use domain::{LeadId, UserId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeadMerges {
    /// The merges that were not undone, the latest first.
    pub items: Vec<LeadMergeView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeadMergeView {
    /// The lead that was merged into this one, with its name and addresses.
    pub lead: LeadId,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub merged_at: Timestamp,
    /// The user who merged them, if one did.
    pub merged_by: Option<UserId>,
    /// The name of the API key whose program merged them, if one did.
    pub merged_by_program: Option<String>,
    pub undo_until: Timestamp,
    /// Whether it can be undone now: its time is not over, and there is no later merge.
    pub can_undo: bool,
}

#[utoipa::path(get, path = "/api/leads/{id}/merges", operation_id = "list_merges",
    params(("id" = LeadId, Path)), responses((status = 200, body = LeadMerges)))]
pub async fn list_merges(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<LeadMerges>> {
    let lead = app.leads.get(&caller.workspace, &id).await?;
    let merges = app.merging.lead_merges.merges(&caller.workspace, &lead.id).await?;
    let acted = merges.iter().filter_map(|merge| merge.by.as_ref());
    let names = app.key_names(&caller.workspace, acted).await?;
    let now = app.clock.now();
    let items = merges.into_iter().enumerate().map(|(nth, merge)| LeadMergeView {
        undo_until: merge.undo_until(),
        can_undo: nth == 0 && merge.can_be_undone(now),
        merged_at: merge.at,
        merged_by: merge.by.as_ref().and_then(UserOrKey::user),
        merged_by_program: names.program(merge.by.as_ref()),
        lead: merge.absorbed,
        name: merge.name,
        email: merge.email,
        phone: merge.phone,
    });
    Ok(JsonBody(LeadMerges { items: items.collect() }))
}
