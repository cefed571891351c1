//! `GET /api/revenue/transactions`: payments and refunds, newest first.

use crate::App;
use crate::client_view::TransactionView;
use application::ports::store::found;
use axum::extract::State;
use domain::revenue::Transaction;
use domain::{ClientId, WorkspaceId};
use futures::StreamExt;
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const AT_ONCE: usize = 8;

#[utoipa::path(get, path = "/api/revenue/transactions", operation_id = "list_transactions", params(PageQuery),
    responses((status = 200, body = PageBody<TransactionView>)))]
pub async fn list_transactions(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(page): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<PageBody<TransactionView>>> {
    let found = app.revenue.transactions(&caller.workspace, page.parse()?).await?;
    let names = names_of(&app, &caller.workspace, &found.items).await?;
    let page = found.map(|transaction| {
        let name = names.get(&transaction.client).cloned().flatten();
        TransactionView::of(transaction, name)
    });
    Ok(JsonBody(page.into()))
}

/// Returns the names of the clients of these transactions.
pub async fn names_of(
    app: &App,
    workspace: &WorkspaceId,
    transactions: &[Transaction],
) -> ApiResult<BTreeMap<ClientId, Option<String>>> {
    let clients: BTreeSet<ClientId> = transactions.iter().map(|item| item.client.clone()).collect();
    let each = clients.into_iter().map(|id| async move { named(app, workspace, id).await });
    let done: Vec<_> = futures::stream::iter(each).buffered(AT_ONCE).collect().await;
    done.into_iter().collect()
}

async fn named(app: &App, workspace: &WorkspaceId, id: ClientId) -> ApiResult<(ClientId, Option<String>)> {
    let client = found(app.revenue.client(workspace, &id).await)?;
    Ok((id, client.map(|client| client.name)))
}
