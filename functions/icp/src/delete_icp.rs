//! `DELETE /api/icp/{id}`: deletes an ICP whose fit nothing goes by.

use crate::App;
use application::StoreError;
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
    let known = app.icps.list(&caller.workspace).await?;
    let icp = known.iter().find(|icp| icp.id == id).ok_or(StoreError::NotFound)?;
    app.refuse_used_fit(&caller, &known, icp, false).await?;
    let event = Event::new(EventKind::IcpDeleted, caller.actor(), app.clock.now());
    app.icps.delete(icp, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}
