//! `POST /api/segments`: saves a rule under a name.

use crate::App;
use crate::segment_view::SegmentView;
use application::ports::segments::SegmentSaved;
use axum::extract::State;
use domain::SegmentId;
use domain::event::{Event, EventKind};
use domain::lead::segment::{LONGEST_SEGMENT_NAME, MOST_SEGMENTS, Segment, SegmentRule};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSegment {
    /// 1 to 80 characters, which no other segment has, whatever the case of letters.
    name: String,
    rule: SegmentRule,
}

#[utoipa::path(post, path = "/api/segments", operation_id = "create_segment", request_body = NewSegment,
    responses((status = 201, body = SegmentView)))]
pub async fn create_segment(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewSegment>,
) -> ApiResult<(StatusCode, JsonBody<SegmentView>)> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &new.name, LONGEST_SEGMENT_NAME);
    app.check_segment_rule(&caller, &new.rule, &mut errors).await?;
    errors.finish()?;
    if app.segments.list(&caller.workspace).await?.len() >= MOST_SEGMENTS {
        let detail = format!("A workspace has at most {MOST_SEGMENTS} segments. Delete one first.");
        return Err(ApiError::conflict("too_many_segments", detail));
    }
    let now = app.clock.now();
    let segment = Segment {
        id: SegmentId::new(app.ids.next()),
        workspace: caller.workspace.clone(),
        name,
        rule: new.rule,
        by: caller.user().cloned(),
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    let event = Event::new(EventKind::SegmentCreated, caller.actor(), now);
    match app.segments.save(&segment, None, &event).await? {
        SegmentSaved::At(rev) => Ok((StatusCode::CREATED, JsonBody(Segment { rev, ..segment }.into()))),
        SegmentSaved::NameTaken => Err(app.segment_name_taken(&caller, &segment.name).await),
    }
}
