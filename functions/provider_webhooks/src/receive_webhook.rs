//! `POST /api/webhooks/{provider}`: an event of a provider; the payload names the account.

use crate::App;
use crate::receive::receive;
use axum::extract::{OriginalUri, Path, State};
use axum::response::Response;
use http::HeaderMap;
use http_api::{ApiResult, RawBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/webhooks/{provider}", operation_id = "receive_webhook",
    params(("provider" = String, Path, description = "`twilio`, `whatsapp`, `stripe`, `inbound-email`, `cal-com`, `calendly` or what a sender's folder is called, with hyphens")),
    request_body(content = String, content_type = "application/octet-stream", description = "As the provider sends it"),
    responses((status = 200, description = "Accepted; the payload names the account")))]
pub async fn receive_webhook(
    State(app): State<Arc<App>>,
    Path(provider): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    raw: RawBody,
) -> ApiResult<Response> {
    receive(&app, &provider, None, &uri, &headers, raw.bytes).await
}
