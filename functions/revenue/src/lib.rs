//! `/api/clients*`, `/api/revenue*`, `/api/commissions*` and `/api/targets*`: clients, payments, recurring revenue, what
//! team members earn of it, and what they are to reach.

mod client_view;
mod close_commission_month;
mod commission_plan_view;
mod commission_view;
mod credit_client;
mod get_client;
mod get_commission_plan;
mod get_commissions;
mod get_revenue;
mod get_targets;
mod list_clients;
mod list_commission_lines;
mod list_transactions;
mod months;
mod set_commission_plan;
mod set_targets;
mod target_actuals;
mod target_view;
#[cfg(test)]
mod tests;

use application::Clock;
use application::ports::commissions::CommissionStore;
use application::ports::revenue::RevenueStore;
use application::ports::stages::StageStore;
use application::ports::stats::StatsStore;
use application::ports::targets::TargetStore;
use application::ports::tasks::TaskStore;
use application::ports::users::UserStore;
use application::ports::workspaces::WorkspaceStore;
use domain::workspace::api_key::ApiScope::ReportsRead;
use http_api::Access::{Admin, Manager, ReadOnly, Rep};
use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        revenue: Arc<dyn RevenueStore>,
        commissions: Arc<dyn CommissionStore>,
        users: Arc<dyn UserStore>,
        stages: Arc<dyn StageStore>,
        stats: Arc<dyn StatsStore>,
        targets: Arc<dyn TargetStore>,
        tasks: Arc<dyn TaskStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        clock: Arc<dyn Clock>,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/revenue")
        .group("/api/clients")
        .group("/api/commissions")
        .group("/api/targets")
        .for_keys(ReportsRead, ReportsRead)
        .add(ReadOnly, routes!(get_revenue::get_revenue))
        .add(ReadOnly, routes!(list_transactions::list_transactions))
        .add(ReadOnly, routes!(list_clients::list_clients))
        .add(ReadOnly, routes!(get_client::get_client))
        .for_users_only()
        .add(Manager, routes!(credit_client::credit_client))
        .add(Rep.narrowed(), routes!(get_commissions::get_commissions))
        .add(Rep.narrowed(), routes!(list_commission_lines::list_commission_lines))
        .add(Rep.narrowed(), routes!(get_commission_plan::get_commission_plan))
        .add(ReadOnly.narrowed(), routes!(get_targets::get_targets))
        .add(Manager.narrowed(), routes!(set_targets::set_targets))
        .add(Admin.without_leads(), routes!(set_commission_plan::set_commission_plan))
        .add(Admin, routes!(close_commission_month::close_commission_month))
}
