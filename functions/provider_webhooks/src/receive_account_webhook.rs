//! `POST /api/webhooks/{provider}/{account}`: an event of this account.

use crate::App;
use crate::receive::receive;
use axum::extract::{OriginalUri, Path, State};
use axum::response::Response;
use http::HeaderMap;
use http_api::{ApiResult, RawBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/webhooks/{provider}/{account}", operation_id = "receive_account_webhook",
    params(("provider" = String, Path), ("account" = String, Path)),
    request_body(content = String, content_type = "application/octet-stream", description = "As the provider sends it"),
    responses((status = 200, description = "Accepted; the path names the account")))]
pub async fn receive_account_webhook(
    State(app): State<Arc<App>>,
    Path((provider, account)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    raw: RawBody,
) -> ApiResult<Response> {
    receive(&app, &provider, Some(&account), &uri, &headers, raw.bytes).await
}
