//! `PATCH /api/segments/{id}`: changes a segment's name or rule, for all that uses it from then on.

use crate::App;
use crate::segment_view::SegmentView;
use application::lead::rule_uses::enrols_by_itself;
use application::ports::segments::SegmentSaved;
use axum::extract::State;
use domain::SegmentId;
use domain::event::{Event, EventKind};
use domain::lead::filter::LeadFilter;
use domain::lead::segment::{LONGEST_SEGMENT_NAME, Segment, SegmentRule};
use domain::workspace::api_key::ApiScope;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentChanges {
    name: Option<String>,
    rule: Option<SegmentRule>,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[utoipa::path(patch, path = "/api/segments/{id}", operation_id = "change_segment",
    params(("id" = SegmentId, Path)), request_body = SegmentChanges,
    responses((status = 200, body = SegmentView)))]
pub async fn change_segment(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SegmentId>,
    if_match: IfMatch,
    JsonBody(changes): JsonBody<SegmentChanges>,
) -> ApiResult<JsonBody<SegmentView>> {
    let before = app.segments.get(&caller.workspace, &id).await?;
    if_match.check(changes.rev, before.rev)?;
    if changes.rule.is_some() && !caller.may(ApiScope::CampaignsWrite) {
        let is_used = |filter: &LeadFilter| filter.segment.as_ref() == Some(&id);
        if enrols_by_itself(&*app.campaigns, &caller.workspace, is_used).await? {
            return Err(ApiError::scope_missing(ApiScope::CampaignsWrite));
        }
    }
    let mut errors = FieldErrors::default();
    let name = match &changes.name {
        Some(name) => errors.required("name", name, LONGEST_SEGMENT_NAME),
        None => before.name.clone(),
    };
    if let Some(rule) = &changes.rule {
        app.check_segment_rule(&caller, rule, &mut errors).await?;
    }
    errors.finish()?;
    let former = before.name.clone();
    let rule = changes.rule.unwrap_or_else(|| before.rule.clone());
    let segment = Segment { name, rule, updated_at: app.clock.now(), ..before };
    let event = Event::new(EventKind::SegmentChanged, caller.actor(), segment.updated_at);
    match app.segments.save(&segment, Some(&former), &event).await? {
        SegmentSaved::At(rev) => Ok(JsonBody(Segment { rev, ..segment }.into())),
        SegmentSaved::NameTaken => Err(app.segment_name_taken(&caller, &segment.name).await),
    }
}
