//! `PUT /api/settings/routing`: replaces the rules by which new leads get their owner.

use crate::App;
use crate::routing_view::{RoutingBody, RoutingView};
use axum::extract::State;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, IfMatch, JsonBody, axum, utoipa};
use std::sync::Arc;

/// Leads that have an owner keep it.
#[utoipa::path(put, path = "/api/settings/routing", operation_id = "set_routing", request_body = RoutingBody,
    responses((status = 200, body = RoutingView)))]
pub async fn set_routing(
    State(app): State<Arc<App>>,
    caller: Caller,
    if_match: IfMatch,
    JsonBody(body): JsonBody<RoutingBody>,
) -> ApiResult<JsonBody<RoutingView>> {
    let store = &app.routing.routing;
    let known = store.get(&caller.workspace).await?;
    if_match.check(body.rev, known.rev)?;
    let mut routing = body.parse(&app, &caller.workspace, known.rev).await?;
    let event = Event::new(EventKind::RoutingChanged, caller.actor(), app.clock.now());
    routing.rev = store.save(&routing, &event).await?;
    Ok(JsonBody(routing.into()))
}
