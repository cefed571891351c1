//! `DELETE /api/settings/tracking/domain`: new mails use the installation's own address again.

use crate::App;
use crate::tracking_domain_view::TrackingDomainView;
use axum::extract::State;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

/// Links in mails that were sent with the domain work for as long as its DNS record stays.
#[utoipa::path(delete, path = "/api/settings/tracking/domain", operation_id = "remove_tracking_domain",
    responses((status = 200, body = TrackingDomainView)))]
pub async fn remove_tracking_domain(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<TrackingDomainView>> {
    let mut workspace = app.workspaces.get(&caller.workspace).await?;
    if workspace.tracking.domain.is_some() {
        let event = Event::new(EventKind::SettingsChanged, caller.actor(), app.clock.now());
        let removed = app.workspaces.set_tracking_domain(workspace, None, &event).await?;
        workspace = removed.expect("no domain is claimed, so none is taken");
    }
    Ok(JsonBody(app.tracking_domain_view(workspace)))
}
