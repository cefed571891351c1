//! `GET /api/settings/connections/{id}/why`: whether this account sends right now, and what prevents it.

use crate::App;
use application::sending::workspace_room;
use axum::extract::State;
use domain::ConnectionId;
use domain::planning::readiness::{CheckedAccount, Readiness, of_account};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/settings/connections/{id}/why", operation_id = "get_connection_why",
    params(("id" = ConnectionId, Path)), responses((status = 200, body = Readiness)))]
pub async fn get_connection_why(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ConnectionId>,
) -> ApiResult<JsonBody<Readiness>> {
    let workspace = app.workspaces.get(&caller.workspace).await?;
    let connection = app.connections.get(&workspace.id, &id).await?;
    let breaker = app.breakers.get(&workspace.id, &id).await?;
    let pace = app.paces.get(&workspace.id, &id).await?;
    let account = CheckedAccount { connection: &connection, breaker: breaker.as_ref(), pace: pace.as_ref() };
    let now = app.clock.now();
    let room = workspace_room(&*app.limits, &workspace, now).await?;
    Ok(JsonBody(of_account(&workspace.sending, &account, now).and(room, now)))
}
