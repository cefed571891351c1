//! `GET /api/clients`: the paying clients.

use crate::App;
use crate::client_view::ClientView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/clients", operation_id = "list_clients", params(PageQuery),
    responses((status = 200, body = PageBody<ClientView>)))]
pub async fn list_clients(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(page): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<PageBody<ClientView>>> {
    let found = app.revenue.clients(&caller.workspace, page.parse()?).await?;
    Ok(JsonBody(found.map(ClientView::from).into()))
}
