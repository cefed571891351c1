//! `GET /api/keys`: the workspace's API keys, newest first; expired and revoked ones too.

use crate::App;
use crate::key_view::ApiKeyView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/keys", operation_id = "list_keys",
    responses((status = 200, body = PageBody<ApiKeyView>)))]
pub async fn list_keys(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<ApiKeyView>>> {
    let (keys, now) = (app.api_keys.list(&caller.workspace).await?, app.clock.now());
    let total = Some(keys.len());
    let items = keys.into_iter().map(|key| ApiKeyView::of(key, now)).collect();
    Ok(JsonBody(PageBody { items, next_cursor: None, total }))
}
