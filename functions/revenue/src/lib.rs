//! `/api/clients*` and `/api/revenue*`: clients, payments, and recurring revenue.

mod client_view;
mod get_client;
mod get_revenue;
mod list_clients;
mod list_transactions;
mod months;
#[cfg(test)]
mod tests;

use application::Clock;
use application::ports::revenue::RevenueStore;
use application::ports::stats::StatsStore;
use application::ports::workspaces::WorkspaceStore;
use domain::workspace::api_key::ApiScope::ReportsRead;
use http_api::Access::ReadOnly;
use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        revenue: Arc<dyn RevenueStore>,
        stats: Arc<dyn StatsStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        clock: Arc<dyn Clock>,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/revenue")
        .group("/api/clients")
        .for_keys(ReportsRead, ReportsRead)
        .add(ReadOnly, routes!(get_revenue::get_revenue))
        .add(ReadOnly, routes!(list_transactions::list_transactions))
        .add(ReadOnly, routes!(list_clients::list_clients))
        .add(ReadOnly, routes!(get_client::get_client))
}
