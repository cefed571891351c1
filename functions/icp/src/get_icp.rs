//! `GET /api/icp/{id}`: one ICP.

use crate::App;
use crate::icp_view::IcpView;
use application::StoreError;
use axum::extract::State;
use domain::IcpId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/icp/{id}", operation_id = "get_icp",
    params(("id" = IcpId, Path)), responses((status = 200, body = IcpView)))]
pub async fn get_icp(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<IcpId>,
) -> ApiResult<JsonBody<IcpView>> {
    // Which one is the main one is known of all of them together.
    let icps = app.icps.list(&caller.workspace).await?;
    let icp = icps.iter().find(|icp| icp.id == id).ok_or(StoreError::NotFound)?;
    Ok(JsonBody(IcpView::of(icp.clone(), &icps)))
}
