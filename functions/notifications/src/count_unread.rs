//! `GET /api/notifications/unread`: the number beside the bell.

use crate::App;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UnreadCount {
    /// Unread ones among the latest 100.
    pub unread: usize,
}

#[utoipa::path(get, path = "/api/notifications/unread", operation_id = "count_unread",
    responses((status = 200, body = UnreadCount)))]
pub async fn count_unread(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<UnreadCount>> {
    Ok(JsonBody(UnreadCount { unread: app.unread(&caller).await?.len() }))
}
