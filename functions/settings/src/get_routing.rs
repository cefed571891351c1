//! `GET /api/settings/routing`: the rules by which new leads get their owner.

use crate::App;
use crate::routing_view::RoutingView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/settings/routing", operation_id = "get_routing",
    responses((status = 200, body = RoutingView)))]
pub async fn get_routing(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<RoutingView>> {
    Ok(JsonBody(app.routing.routing.get(&caller.workspace).await?.into()))
}
