//! `GET /api/icp`: the workspace's ICPs, the main one first, then by name.

use crate::App;
use crate::icp_view::IcpView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/icp", operation_id = "list_icps",
    responses((status = 200, body = PageBody<IcpView>)))]
pub async fn list_icps(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<IcpView>>> {
    let icps = app.icps.list(&caller.workspace).await?;
    let mut items: Vec<IcpView> = icps.iter().map(|icp| IcpView::of(icp.clone(), &icps)).collect();
    items.sort_by_cached_key(|icp| (!icp.main, icp.name.to_lowercase()));
    Ok(JsonBody(PageBody { items, next_cursor: None, total: None }))
}
