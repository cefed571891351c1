//! `POST /api/webhooks/{provider}/{account}/uploads`: tells a relay where to put a mail that is too large
//! for a webhook.

use crate::App;
use crate::answer::unknown_webhook;
use crate::receive::{event_name, verified};
use application::ingesting::large_payloads::{LARGEST_UPLOAD_BYTES, upload};
use axum::extract::{OriginalUri, Path, State};
use http::HeaderMap;
use http_api::{ApiError, ApiResult, JsonBody, RawBody, axum, utoipa};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

const VALID: SignedDuration = SignedDuration::from_mins(15);
/// The most mails of a day that an account's relay uploads: what is too large for a webhook is rare.
const MOST_UPLOADS: u32 = 1_000;
const DAY: SignedDuration = SignedDuration::from_hours(24);
const MAIL: &str = "message/rfc822";

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UploadTicket {
    /// The name to send as `data.upload` in the webhook that follows, in place of `raw_base64`.
    upload: String,
    /// The URL to which the raw mail is sent by `PUT`, with exactly these headers.
    url: String,
    headers: BTreeMap<String, String>,
    expires_at: Timestamp,
}

#[utoipa::path(post, path = "/api/webhooks/{provider}/{account}/uploads", operation_id = "begin_upload",
    params(("provider" = String, Path, description = "`inbound-email`"), ("account" = String, Path)),
    request_body(content = String, content_type = "application/json", description = "`{\"type\":\"email.upload\",\"data\":{\"size_bytes\":n}}`, signed as a webhook"),
    responses((status = 200, body = UploadTicket)))]
pub async fn begin_upload(
    State(app): State<Arc<App>>,
    Path((word, account)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    raw: RawBody,
) -> ApiResult<JsonBody<UploadTicket>> {
    let (account, verified) = verified(&app, &word, Some(&account), &uri, &headers, raw.bytes).await?;
    let size = app.webhooks.upload_asked(account.settings.provider(), &verified.payload);
    let size_bytes = size.ok_or_else(unknown_webhook)?;
    if size_bytes == 0 || size_bytes > LARGEST_UPLOAD_BYTES {
        let detail = format!("a mail has from 1 to {LARGEST_UPLOAD_BYTES} bytes");
        return Err(ApiError::invalid("data.size_bytes", detail));
    }
    let bucket = format!("uploads/{}/{}", account.workspace, account.id);
    let taken = app.limits.take(&bucket, MOST_UPLOADS, DAY, app.clock.now()).await?;
    taken.map_err(ApiError::too_many_for)?;
    // A repeated request is about the same mail.
    let name = event_name(&verified);
    let key = upload(&account.workspace, &account.id, &name).ok_or_else(unknown_webhook)?;
    let ticket = app.blobs.upload_ticket(&key, MAIL, size_bytes, VALID.unsigned_abs()).await?;
    Ok(JsonBody(UploadTicket {
        upload: name,
        url: ticket.url,
        headers: ticket.headers.into_iter().collect(),
        expires_at: app.clock.now() + VALID,
    }))
}
