//! Public pages and signed links: open, click, unsubscribe, preview, stop of a digest. Each is verified, recorded and answered.

mod answer_tracking_domain;
mod follow_hidden_link;
mod follow_link;
mod open_pixel;
mod page;
mod preview_page;
mod preview_script;
mod show_draft;
mod show_preview;
mod show_stop_digest;
mod show_unsubscribe;
mod signed_message;
mod signed_user;
mod stop_digest;
mod stop_limits;
#[cfg(test)]
mod tests;
mod track_preview;
mod unsubscribe;
mod visit_limits;
mod visitor;

use application::identity::stage_keys::StageKeys;
use application::ports::campaigns::CampaignStore;
use application::ports::leads::LeadStore;
use application::ports::outbox::{Outbox, send_all};
use application::ports::preview_pages::PreviewStore;
use application::ports::rate_limits::RateLimitStore;
use application::ports::workspaces::WorkspaceStore;
use application::queue_messages::QueueMessage;
use application::{Clock, Ids, StoreResult};
use domain::WorkspaceId;
use http_api::Access::{Public, Signed};
use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        keys: Arc<StageKeys>,
        public_url: Arc<str>,
        outbox: Arc<dyn Outbox>,
        previews: Arc<dyn PreviewStore>,
        campaigns: Arc<dyn CampaignStore>,
        leads: Arc<dyn LeadStore>,
        limits: Arc<dyn RateLimitStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    }
}

impl App {
    async fn enqueue<M: QueueMessage>(&self, message: M) -> StoreResult<()> {
        send_all(&*self.outbox, &[message], 0).await
    }

    /// The workspace's company name; None if it cannot be read, since pages work without it.
    async fn company_name(&self, workspace: &WorkspaceId) -> Option<String> {
        match self.workspaces.get(workspace).await {
            Ok(found) => Some(found.company.name).filter(|name| !name.trim().is_empty()),
            Err(error) => {
                tracing::warn!(workspace.id = %workspace, %error, "a public page names no sender");
                None
            }
        }
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/preview")
        .page_not_found(page::nothing_here)
        .add(Signed, routes!(open_pixel::open_pixel))
        .add(Signed, routes!(follow_link::follow_link))
        .add(Signed, routes!(follow_hidden_link::follow_hidden_link))
        .add(Signed, routes!(show_unsubscribe::show_unsubscribe))
        .add(Signed, routes!(unsubscribe::unsubscribe))
        .add(Signed, routes!(show_stop_digest::show_stop_digest))
        .add(Signed, routes!(stop_digest::stop_digest))
        .add(Public, routes!(answer_tracking_domain::answer_tracking_domain))
        .add(Public, routes!(preview_script::preview_script))
        .add(Public, routes!(show_preview::show_preview))
        .add(Signed, routes!(show_draft::show_draft))
        .add(Public, routes!(track_preview::track_preview))
}
