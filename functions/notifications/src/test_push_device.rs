//! `POST /api/notifications/devices/test`: pushes a text to the browser of this session; the caller waits for the answer of its
//! push service.

use crate::App;
use application::web_push::devices::live_devices;
use application::web_push::send::push_test;
use axum::extract::State;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::SignedDuration;
use serde::Serialize;
use std::sync::Arc;

/// The hourly limit of a user's tests.
const MOST_TESTS: u32 = 20;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PushTest {
    /// Whether the push service took the text.
    pub sent: bool,
    /// What went wrong and what to do.
    pub detail: Option<String>,
}

#[utoipa::path(post, path = "/api/notifications/devices/test", operation_id = "test_push_device",
    responses((status = 200, body = PushTest)))]
pub async fn test_push_device(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<PushTest>> {
    let by = caller.signed_in()?;
    let devices = live_devices(&app.web_push, &caller.workspace, &by.user).await?;
    let device = devices.into_iter().find(|device| device.of.session == by.session);
    let device = device.ok_or_else(|| ApiError::not_found("device of this session"))?;
    let bucket = format!("push-tests/{}/{}", caller.workspace, by.user);
    if let Err(wait) = app.limits.take(&bucket, MOST_TESTS, HOUR, app.clock.now()).await? {
        return Err(ApiError::too_many_requests(wait.as_secs().max(1).unsigned_abs()));
    }
    let detail = push_test(&app.web_push, &device).await?.trouble().map(str::to_owned);
    Ok(JsonBody(PushTest { sent: detail.is_none(), detail }))
}
