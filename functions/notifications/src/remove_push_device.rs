//! `DELETE /api/notifications/devices/{id}`: pushes nothing more to one of the caller's browsers.

use crate::App;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/notifications/devices/{id}", operation_id = "remove_push_device",
    params(("id" = String, Path)), responses((status = 204)))]
pub async fn remove_push_device(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> ApiResult<StatusCode> {
    let devices = &app.web_push.push_devices;
    // The device is looked for among the caller's own.
    let mut own = devices.devices(&caller.workspace, &caller.signed_in()?.user).await?;
    own.retain(|device| device.id == id);
    if own.is_empty() {
        return Err(ApiError::not_found("device"));
    }
    devices.forget_devices(&own).await?;
    Ok(StatusCode::NO_CONTENT)
}
