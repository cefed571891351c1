//! `GET /api/views`: the saved views that the user sees, own ones first.

use crate::App;
use crate::view_body::ViewView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/views", operation_id = "list_views",
    responses((status = 200, body = PageBody<ViewView>)))]
pub async fn list_views(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<ViewView>>> {
    let user = &caller.signed_in()?.user;
    let mut views = app.lead_views.list(&caller.workspace, user).await?;
    views.sort_by_cached_key(|view| (view.owner != *user, view.position, view.name.to_lowercase()));
    let items = views.into_iter().map(ViewView::from).collect();
    Ok(JsonBody(PageBody { items, next_cursor: None, total: None }))
}
