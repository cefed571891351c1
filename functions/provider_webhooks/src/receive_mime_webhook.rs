//! `POST /api/webhooks/{provider}/{account}/mime`: the same as without `mime`. Mailgun sends the raw mail only to an address
//! that ends so.

use crate::App;
use crate::receive::receive;
use axum::extract::{OriginalUri, Path, State};
use axum::response::Response;
use http::HeaderMap;
use http_api::{ApiResult, RawBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/webhooks/{provider}/{account}/mime", operation_id = "receive_mime_webhook",
    params(("provider" = String, Path, description = "`mailgun`"), ("account" = String, Path)),
    request_body(content = String, content_type = "application/octet-stream", description = "As the provider sends it"),
    responses((status = 200, description = "Accepted; the path names the account")))]
pub async fn receive_mime_webhook(
    State(app): State<Arc<App>>,
    Path((provider, account)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    raw: RawBody,
) -> ApiResult<Response> {
    receive(&app, &provider, Some(&account), &uri, &headers, raw.bytes).await
}
