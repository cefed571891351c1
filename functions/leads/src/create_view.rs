//! `POST /api/views`: saves a view of the lead list, for the user alone or for the workspace.

use crate::App;
use crate::view_body::{ViewView, one_segment};
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::lead::filter::LeadFilter;
use domain::lead::list_view::{LeadListView, SortOrder};
use domain::{LeadViewId, SegmentId};
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// 1 to 80 characters.
    name: String,
    /// Whether the whole workspace sees it.
    #[serde(default)]
    shared: bool,
    #[serde(default)]
    position: u32,
    #[serde(default)]
    filter: LeadFilter,
    segment: Option<SegmentId>,
    /// The name of a field.
    sort: Option<String>,
    order: Option<SortOrder>,
    /// The names of at most 30 fields.
    #[serde(default)]
    columns: Vec<String>,
}

#[utoipa::path(post, path = "/api/views", operation_id = "create_view", request_body = NewView,
    responses((status = 201, body = ViewView)))]
pub async fn create_view(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewView>,
) -> ApiResult<(StatusCode, JsonBody<ViewView>)> {
    let now = app.clock.now();
    let segment = one_segment(new.segment, new.filter.segment.clone())?;
    let mut view = LeadListView {
        id: LeadViewId::new(app.ids.next()),
        workspace: caller.workspace.clone(),
        owner: caller.signed_in()?.user.clone(),
        name: new.name,
        shared: new.shared,
        position: new.position,
        filter: LeadFilter { segment, ..new.filter },
        sort: new.sort,
        order: new.order,
        columns: new.columns,
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    app.check_view(&caller, &mut view, None).await?;
    let event = Event::new(EventKind::LeadViewCreated, caller.actor(), now);
    view.rev = app.lead_views.save(&view, view.shared, &event).await?;
    Ok((StatusCode::CREATED, JsonBody(view.into())))
}
