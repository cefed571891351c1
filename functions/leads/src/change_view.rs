//! `PATCH /api/views/{id}`: changes a saved view: the owner's, or a shared one by an admin.

use crate::App;
use crate::view_body::{ViewView, one_segment};
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::lead::filter::LeadFilter;
use domain::lead::list_view::SortOrder;
use domain::{LeadViewId, SegmentId};
use http_api::{ApiError, ApiResult, Caller, IfMatch, JsonBody, PathOf, axum, given, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewChanges {
    name: Option<String>,
    /// Only the owner stops sharing it.
    shared: Option<bool>,
    position: Option<u32>,
    /// The whole new filter, instead of the former one. The segment stays, unless `segment` says otherwise.
    filter: Option<LeadFilter>,
    /// Null removes the segment.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<SegmentId>)]
    segment: Option<Option<SegmentId>>,
    /// Null removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    sort: Option<Option<String>>,
    /// Null removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<SortOrder>)]
    order: Option<Option<SortOrder>>,
    columns: Option<Vec<String>>,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[utoipa::path(patch, path = "/api/views/{id}", operation_id = "change_view",
    params(("id" = LeadViewId, Path)), request_body = ViewChanges, responses((status = 200, body = ViewView)))]
pub async fn change_view(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadViewId>,
    if_match: IfMatch,
    JsonBody(changes): JsonBody<ViewChanges>,
) -> ApiResult<JsonBody<ViewView>> {
    let signed_in = caller.signed_in()?;
    let mut view = app.lead_views.get(&caller.workspace, &signed_in.user, &id).await?;
    let stops_sharing = view.shared && changes.shared == Some(false);
    let may = view.may_be_changed_by(&signed_in.user, signed_in.role);
    if !may || stops_sharing && view.owner != signed_in.user {
        return Err(ApiError::forbidden());
    }
    if_match.check(changes.rev, view.rev)?;
    let before = view.clone();
    let within = changes.filter.as_ref().and_then(|filter| filter.segment.clone());
    let segment = match changes.segment {
        Some(None) => None,
        Some(beside) => one_segment(beside, within)?,
        None => within.or(view.filter.segment),
    };
    view.filter = LeadFilter { segment, ..changes.filter.unwrap_or(before.filter.clone()) };
    view.name = changes.name.unwrap_or(view.name);
    view.shared = changes.shared.unwrap_or(view.shared);
    view.position = changes.position.unwrap_or(view.position);
    view.sort = changes.sort.unwrap_or(view.sort);
    view.order = changes.order.unwrap_or(view.order);
    view.columns = changes.columns.unwrap_or(view.columns);
    view.updated_at = app.clock.now();
    app.check_view(&caller, &mut view, Some(&before)).await?;
    let event = Event::new(EventKind::LeadViewChanged, caller.actor(), view.updated_at);
    view.rev = app.lead_views.save(&view, before.shared, &event).await?;
    Ok(JsonBody(view.into()))
}
