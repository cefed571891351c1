//! `GET /api/settings/connections`: the workspace's provider accounts, without their secrets.

use crate::App;
use crate::connection_view::ConnectionView;
use axum::extract::State;
use domain::workspace::account::{Connection, ConnectionKind};
use http_api::{ApiResult, Caller, JsonBody, PageBody, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConnectionListQuery {
    #[param(value_type = Option<ConnectionKind>)]
    kind: Option<ConnectionKind>,
}

#[utoipa::path(get, path = "/api/settings/connections", operation_id = "list_connections", params(ConnectionListQuery),
    responses((status = 200, body = PageBody<ConnectionView>)))]
pub async fn list_connections(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<ConnectionListQuery>,
) -> ApiResult<JsonBody<PageBody<ConnectionView>>> {
    let all = app.connections.list(&caller.workspace).await?;
    let mut shown = all.clone();
    shown.retain(|connection| query.kind.is_none_or(|kind| kind == connection.settings.kind()));
    let total = Some(shown.len());
    let breakers = app.breakers.list(&caller.workspace).await?;
    let paces = app.paces.list(&caller.workspace).await?;
    let view = |connection: Connection| {
        let breaker = breakers.iter().find(|breaker| breaker.connection == connection.id);
        let pace = paces.iter().find(|pace| pace.connection == connection.id);
        app.connection_view(connection, &all, breaker, pace)
    };
    let items = shown.into_iter().map(view).collect();
    Ok(JsonBody(PageBody { items, next_cursor: None, total }))
}
