//! `GET /api/ops/check`: the state of every part of the installation, and of what users are promised.

use crate::App;
use crate::self_check::SelfCheck;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

/// Only reads, and sends nothing. Takes up to seventeen seconds if a part hangs.
#[utoipa::path(get, path = "/api/ops/check", operation_id = "run_self_check",
    responses((status = 200, body = SelfCheck)))]
pub async fn run_self_check(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<SelfCheck>> {
    app.refuse_guests(&caller).await?;
    Ok(JsonBody(app.self_check().await))
}
