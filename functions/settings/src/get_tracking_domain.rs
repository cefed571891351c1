//! `GET /api/settings/tracking/domain`: the workspace's tracking domain, its state, and the DNS record that it needs.

use crate::App;
use crate::tracking_domain_view::TrackingDomainView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/settings/tracking/domain", operation_id = "get_tracking_domain",
    responses((status = 200, body = TrackingDomainView)))]
pub async fn get_tracking_domain(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<TrackingDomainView>> {
    let workspace = app.workspaces.get(&caller.workspace).await?;
    Ok(JsonBody(app.tracking_domain_view(workspace)))
}
