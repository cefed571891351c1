//! `/api/dashboard/*` and `/api/analytics/*`: figures kept ready. What a page costs does not depend on how many leads
//! there are.

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

use application::campaigns::CampaignStore;
use application::conversations::ConversationStore;
use application::queues::QueueInspector;
use application::stats::StatsStore;
use application::tasks::TaskStore;
use application::users::UserStore;
use application::workspaces::WorkspaceStore;
use application::{Clock, Ports};
use http_api::Access::ReadOnly;
use http_api::{Routes, routes};
use std::sync::Arc;

pub struct App {
    stats: Arc<dyn StatsStore>,
    campaigns: Arc<dyn CampaignStore>,
    conversations: Arc<dyn ConversationStore>,
    tasks: Arc<dyn TaskStore>,
    workspaces: Arc<dyn WorkspaceStore>,
    queues: Arc<dyn QueueInspector>,
    users: Arc<dyn UserStore>,
    clock: Arc<dyn Clock>,
}

impl App {
    pub fn new(ports: &impl Ports) -> Self {
        Self {
            stats: ports.stats(),
            campaigns: ports.campaigns(),
            conversations: ports.conversations(),
            tasks: ports.tasks(),
            workspaces: ports.workspaces(),
            queues: ports.queues(),
            users: ports.users(),
            clock: ports.clock(),
        }
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/dashboard")
        .group("/api/analytics")
        .add(ReadOnly, routes!(get_stats::get_stats))
        .add(ReadOnly, routes!(get_momentum::get_momentum))
        .add(ReadOnly, routes!(get_dashboard_timeline::get_dashboard_timeline))
        .add(ReadOnly, routes!(list_summaries::list_summaries))
        .add(ReadOnly, routes!(list_hot_leads::list_hot_leads))
        .add(ReadOnly, routes!(get_analytics::get_analytics))
}
