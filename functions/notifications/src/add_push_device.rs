//! `POST /api/notifications/devices`: pushes the caller's notifications to this browser from now on. Adding it again changes
//! nothing; a user has at most ten, and the oldest makes room.

use crate::App;
use crate::push_device_view::{PushDeviceBody, PushDevicesView};
use application::web_push::devices::add_device;
use axum::extract::State;
use domain::workspace::push::PushSession;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/notifications/devices", operation_id = "add_push_device",
    request_body = PushDeviceBody, responses((status = 200, body = PushDevicesView)))]
pub async fn add_push_device(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<PushDeviceBody>,
) -> ApiResult<JsonBody<PushDevicesView>> {
    let by = caller.signed_in()?;
    let of = PushSession { login: by.login.clone(), session: by.session.clone(), user: by.user.clone() };
    add_device(&app.web_push, &caller.workspace, of, &body.parse()?).await?;
    Ok(JsonBody(PushDevicesView::of_caller(&app, &caller).await?))
}
