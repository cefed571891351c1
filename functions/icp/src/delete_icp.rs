//! `DELETE /api/icp/{id}`: deletes an ICP. Lists that are filtered or sorted by its fit say that it is gone.

use crate::App;
use axum::extract::State;
use domain::IcpId;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/icp/{id}", operation_id = "delete_icp",
    params(("id" = IcpId, Path)), responses((status = 204)))]
pub async fn delete_icp(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<IcpId>,
) -> ApiResult<StatusCode> {
    let icp = app.icps.get(&caller.workspace, &id).await?;
    let event = Event::new(EventKind::IcpDeleted, caller.actor(), app.clock.now());
    app.icps.delete(&icp, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}
