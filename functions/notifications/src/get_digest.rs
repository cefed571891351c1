//! `GET /api/notifications/digest`: when the caller gets the digest, and what is in it.

use crate::App;
use crate::digest_view::DigestSettingsView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/notifications/digest", operation_id = "get_digest",
    responses((status = 200, body = DigestSettingsView)))]
pub async fn get_digest(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<DigestSettingsView>> {
    let ports = &app.digest;
    let settings = ports.digests.settings(&caller.workspace, &caller.signed_in()?.user).await?;
    let zone = ports.workspaces.get(&caller.workspace).await?.default_zone;
    let mails_go_out = ports.system_mail.address().is_some();
    Ok(JsonBody(DigestSettingsView::of(settings, zone, mails_go_out)))
}
