//! `GET /api/settings/connections/{id}`.

use crate::App;
use crate::connection_view::ConnectionView;
use axum::extract::State;
use domain::ConnectionId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/settings/connections/{id}", operation_id = "get_connection",
    params(("id" = ConnectionId, Path)), responses((status = 200, body = ConnectionView)))]
pub async fn get_connection(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ConnectionId>,
) -> ApiResult<JsonBody<ConnectionView>> {
    let connection = app.connections.get(&caller.workspace, &id).await?;
    let breaker = app.breakers.get(&caller.workspace, &id).await?;
    let pace = app.paces.get(&caller.workspace, &id).await?;
    Ok(JsonBody(app.connection_view(connection, breaker.as_ref(), pace.as_ref())))
}
