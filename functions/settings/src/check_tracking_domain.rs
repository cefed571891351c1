//! `POST /api/settings/tracking/domain/check`: looks at the tracking domain now.

use crate::App;
use crate::tracking_domain_view::TrackingDomainView;
use application::workspace::tracking_domain::check_tracking_domain as check;
use axum::extract::State;
use domain::workspace::Workspace;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::SignedDuration;
use std::sync::Arc;

/// The same look is made every quarter of an hour. Without a domain there is nothing to look at, and nothing changes.
#[utoipa::path(post, path = "/api/settings/tracking/domain/check", operation_id = "check_tracking_domain",
    responses((status = 200, body = TrackingDomainView)))]
pub async fn check_tracking_domain(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<TrackingDomainView>> {
    let workspace = app.look_at_domain(&caller).await?;
    Ok(JsonBody(app.tracking_domain_view(workspace)))
}

/// The most looks of a workspace in an hour that its users ask for. Each asks DNS and the domain's server.
const MOST_LOOKS: u32 = 60;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

impl App {
    /// Looks at the workspace's domain now; answers 429 after the most looks of an hour.
    pub async fn look_at_domain(&self, caller: &Caller) -> ApiResult<Workspace> {
        let bucket = format!("domain-looks/{}", caller.workspace);
        let taken = self.limits.take(&bucket, MOST_LOOKS, HOUR, self.clock.now()).await?;
        taken.map_err(ApiError::too_many_for)?;
        Ok(check(&self.tracking_domain, &caller.workspace, caller.actor()).await?)
    }
}
