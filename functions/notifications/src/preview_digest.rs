//! `GET /api/notifications/digest/preview`: the caller's digest as it would be mailed now. Nothing is sent.

use crate::App;
use crate::digest_view::DigestPreview;
use application::digest::compose::compose;
use axum::extract::State;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/notifications/digest/preview", operation_id = "preview_digest",
    responses((status = 200, body = DigestPreview)))]
pub async fn preview_digest(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<DigestPreview>> {
    let ports = &app.digest;
    let settings = ports.digests.settings(&caller.workspace, &caller.signed_in()?.user).await?;
    let zone = ports.workspaces.get(&caller.workspace).await?.default_zone;
    let digest = compose(ports, &settings, &zone, app.clock.now()).await?;
    Ok(JsonBody(digest.ok_or_else(|| ApiError::not_found("user"))?.into()))
}
