//! `PATCH /api/segments/{id}`: changes a segment's name or rule, for all that uses it from then on.

use crate::App;
use crate::segment_view::{SegmentView, name_taken};
use application::ports::segments::SegmentSaved;
use axum::extract::State;
use domain::SegmentId;
use domain::campaign::CampaignState;
use domain::event::{Event, EventKind};
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
    if changes.rule.is_some() && !caller.may(ApiScope::CampaignsWrite) && app.enrols(&caller, &id).await? {
        return Err(ApiError::scope_missing(ApiScope::CampaignsWrite));
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
        SegmentSaved::NameTaken => Err(name_taken()),
    }
}

impl App {
    /// Tells whether a campaign that takes leads enrols those of this segment by itself: a change of the rule then
    /// enrols leads.
    async fn enrols(&self, caller: &Caller, segment: &SegmentId) -> ApiResult<bool> {
        let campaigns = self.campaigns.list(&caller.workspace).await?;
        let mut rules = campaigns
            .iter()
            .filter(|campaign| !matches!(campaign.state, CampaignState::Completed | CampaignState::Archived))
            .filter_map(|campaign| campaign.auto_enrol.as_ref());
        Ok(rules.any(|rule| rule.filter.segment.as_ref() == Some(segment)))
    }
}
