//! `DELETE /api/segments/{id}`: deletes a segment that nothing uses. Jobs under way go on: they have its rule.

use crate::App;
use axum::extract::State;
use domain::SegmentId;
use domain::campaign::CampaignState;
use domain::lead::list_view::LeadListView;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldError, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/segments/{id}", operation_id = "delete_segment",
    params(("id" = SegmentId, Path)), responses((status = 204)))]
pub async fn delete_segment(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SegmentId>,
) -> ApiResult<StatusCode> {
    let segment = app.segments.get(&caller.workspace, &id).await?;
    let uses = uses_of(&app, &caller, &id).await?;
    if !uses.is_empty() {
        let named: Vec<&str> = uses.iter().map(|used| used.detail.as_str()).collect();
        let detail = format!("The segment is used by {}. Change that first.", named.join(", "));
        let mut in_use = ApiError::conflict("in_use", detail);
        in_use.errors = uses;
        return Err(in_use);
    }
    app.segments.delete(&segment).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The views and the automatic enrolments that select leads by the segment, by their ids. A private view of another
/// user is counted and not named; that of a user who is disabled does not count.
async fn uses_of(app: &App, caller: &Caller, id: &SegmentId) -> ApiResult<Vec<FieldError>> {
    let mut views = app.lead_views.all(&caller.workspace).await?;
    views.retain(|view| view.filter.segment.as_ref() == Some(id));
    let is_seen = |view: &LeadListView| caller.user().map_or(view.shared, |user| view.is_seen_by(user));
    if !views.iter().all(is_seen) {
        let mut team = app.users.list(&caller.workspace).await?;
        team.retain(|user| !user.disabled);
        views.retain(|view| is_seen(view) || team.iter().any(|user| user.id == view.owner));
    }
    let mut uses: Vec<FieldError> = views
        .iter()
        .map(|view| {
            let detail = match is_seen(view) {
                true => format!("the view “{}”", view.name),
                false => "a private view of another team member".to_owned(),
            };
            FieldError { field: view.id.to_string(), detail }
        })
        .collect();
    for campaign in app.campaigns.list(&caller.workspace).await? {
        let rule = campaign.auto_enrol.as_ref();
        let is_used = rule.is_some_and(|rule| rule.filter.segment.as_ref() == Some(id));
        if is_used && campaign.state != CampaignState::Archived {
            let detail = format!("auto-enrol of the campaign “{}”", campaign.name);
            uses.push(FieldError { field: campaign.id.to_string(), detail });
        }
    }
    Ok(uses)
}
