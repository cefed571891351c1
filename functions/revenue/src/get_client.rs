//! `GET /api/clients/{id}`: one client with its subscriptions and payments.

use crate::App;
use crate::client_view::{ClientView, DisputeView, SubscriptionView, TransactionView};
use application::PageRequest;
use axum::extract::State;
use domain::ClientId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

/// The number of pages of the workspace's transactions that are read, 200 each.
const PAGES: usize = 5;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClientDetail {
    pub client: ClientView,
    pub subscriptions: Vec<SubscriptionView>,
    /// Oldest first.
    pub disputes: Vec<DisputeView>,
    /// Newest first, out of the workspace's latest 1,000.
    pub transactions: Vec<TransactionView>,
}

#[utoipa::path(get, path = "/api/clients/{id}", operation_id = "get_client", params(("id" = ClientId, Path)),
    responses((status = 200, body = ClientDetail)))]
pub async fn get_client(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ClientId>,
) -> ApiResult<JsonBody<ClientDetail>> {
    let client = app.revenue.client(&caller.workspace, &id).await?;
    let subscriptions = app.revenue.subscriptions(&caller.workspace, &id).await?;
    let mut transactions = Vec::new();
    let mut page = PageRequest::first(200);
    for _ in 0..PAGES {
        let found = app.revenue.transactions(&caller.workspace, page.clone()).await?;
        let theirs = found.items.into_iter().filter(|transaction| transaction.client == id);
        transactions
            .extend(theirs.map(|transaction| TransactionView::of(transaction, Some(client.name.clone()))));
        let Some(cursor) = found.next_cursor else { break };
        page.cursor = Some(cursor);
    }
    let subscriptions = subscriptions.into_iter().map(SubscriptionView::from).collect();
    let disputes = client.disputes.iter().cloned().map(DisputeView::from).collect();
    Ok(JsonBody(ClientDetail { client: client.into(), subscriptions, disputes, transactions }))
}
