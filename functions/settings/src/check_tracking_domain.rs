//! `POST /api/settings/tracking/domain/check`: looks at the tracking domain now.

use crate::App;
use crate::tracking_domain_view::TrackingDomainView;
use application::workspace::tracking_domain;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

/// The same look is made every quarter of an hour. Without a domain there is nothing to look at, and nothing changes.
#[utoipa::path(post, path = "/api/settings/tracking/domain/check", operation_id = "check_tracking_domain",
    responses((status = 200, body = TrackingDomainView)))]
pub async fn check_tracking_domain(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<TrackingDomainView>> {
    let (ports, workspace) = (&app.tracking_domain, &caller.workspace);
    let workspace = tracking_domain::check_tracking_domain(ports, workspace, caller.actor()).await?;
    Ok(JsonBody(app.tracking_domain_view(workspace)))
}
