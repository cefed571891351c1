//! `GET /api/ops/check`: every part of the installation, and what users were promised of it.

use crate::App;
use crate::self_check::SelfCheck;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

/// Looks and changes nothing; sends nothing to anybody. Takes up to seventeen seconds where something hangs.
#[utoipa::path(get, path = "/api/ops/check", operation_id = "run_self_check",
    responses((status = 200, body = SelfCheck)))]
pub async fn run_self_check(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<SelfCheck>> {
    app.refuse_guests(&caller).await?;
    Ok(JsonBody(app.self_check().await))
}
