//! `/api/templates*`: reusable texts with merge fields.

mod change_template;
mod create_template;
mod delete_template;
mod get_template;
mod list_template_categories;
mod list_template_figures;
mod list_templates;
mod preview_template;
mod set_favourite;
mod template_body;
mod template_view;
#[cfg(test)]
mod tests;

use application::ports::campaigns::CampaignStore;
use application::ports::leads::LeadStore;
use application::ports::sequences::SequenceStore;
use application::ports::stats::StatsStore;
use application::ports::templates::TemplateStore;
use application::ports::workspaces::WorkspaceStore;
use application::{Clock, Ids};
use domain::workspace::api_key::ApiScope::{LeadsRead, SequencesRead, SequencesWrite};
use http_api::Access::{ReadOnly, Rep};
use http_api::IdUse::Needs;
use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        templates: Arc<dyn TemplateStore>,
        sequences: Arc<dyn SequenceStore>,
        campaigns: Arc<dyn CampaignStore>,
        stats: Arc<dyn StatsStore>,
        leads: Arc<dyn LeadStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        public_url: Arc<str>,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/templates")
        .for_keys(SequencesRead, SequencesWrite)
        .add(ReadOnly.without_leads(), routes!(list_templates::list_templates))
        .add(Rep.without_leads(), routes!(create_template::create_template))
        .add(ReadOnly.without_leads(), routes!(list_template_categories::list_template_categories))
        .add(ReadOnly.with_totals(), routes!(list_template_figures::list_template_figures))
        .add(
            ReadOnly.narrowed().naming(&[("lead_id", Needs(LeadsRead))]),
            routes!(preview_template::preview_template),
        )
        .add(ReadOnly.without_leads(), routes!(get_template::get_template))
        .add(Rep.without_leads(), routes!(change_template::change_template))
        .add(Rep.without_leads(), routes!(delete_template::delete_template))
        .add(Rep.without_leads(), routes!(set_favourite::set_favourite))
}
