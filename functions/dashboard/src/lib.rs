//! `/api/dashboard/*` and `/api/analytics/*`: figures read from counters, and the leads that are hot. The cost of
//! a page does not depend on the number of leads.

mod days;
mod figures;
mod get_analytics;
mod get_dashboard_timeline;
mod get_momentum;
mod get_stats;
mod list_hot_leads;
mod list_summaries;
#[cfg(test)]
mod tests;

use application::Clock;
use application::lead::list::LeadLists;
use application::ports::campaigns::CampaignStore;
use application::ports::conversations::ConversationStore;
use application::ports::leads::LeadStore;
use application::ports::queues::QueueInspector;
use application::ports::stats::StatsStore;
use application::ports::tasks::TaskStore;
use application::ports::users::UserStore;
use application::ports::workspaces::WorkspaceStore;
use domain::workspace::api_key::ApiScope::ReportsRead;
use http_api::Access::ReadOnly;
use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        stats: Arc<dyn StatsStore>,
        campaigns: Arc<dyn CampaignStore>,
        conversations: Arc<dyn ConversationStore>,
        leads: Arc<dyn LeadStore>,
        lists: LeadLists = LeadLists::new,
        tasks: Arc<dyn TaskStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        queues: Arc<dyn QueueInspector>,
        users: Arc<dyn UserStore>,
        clock: Arc<dyn Clock>,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/dashboard")
        .group("/api/analytics")
        .for_keys(ReportsRead, ReportsRead)
        .add(ReadOnly.with_totals(), routes!(get_stats::get_stats))
        .add(ReadOnly.with_totals(), routes!(get_momentum::get_momentum))
        .add(ReadOnly.with_totals(), routes!(get_dashboard_timeline::get_dashboard_timeline))
        .add(ReadOnly.with_totals(), routes!(list_summaries::list_summaries))
        .add(ReadOnly.narrowed(), routes!(list_hot_leads::list_hot_leads))
        .add(ReadOnly.with_totals(), routes!(get_analytics::get_analytics))
}
