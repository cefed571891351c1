//! `GET /api/notifications/devices`: the caller's browsers that notifications are pushed to, and the key that a browser
//! subscribes for.

use crate::App;
use crate::push_device_view::PushDevicesView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/notifications/devices", operation_id = "list_push_devices",
    responses((status = 200, body = PushDevicesView)))]
pub async fn list_push_devices(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PushDevicesView>> {
    Ok(JsonBody(PushDevicesView::of_caller(&app, &caller).await?))
}
