//! `/api/sequences*`: sequences, their versions, and what a change means for active leads.

mod active_enrolments;
mod archive_sequence;
mod change_sequence;
mod clone_sequence;
mod create_sequence;
mod diff_sequence;
mod diff_view;
mod get_sequence;
mod in_use;
mod list_rollouts;
mod list_sequences;
mod list_versions;
mod patch_sequence;
mod preview_sequence;
mod publish_sequence;
mod rollout_view;
mod sequence_view;
mod step_body;
#[cfg(test)]
mod tests;

use application::campaign::enrol_ports::EnrolPorts;
use application::ports::accounts::AccountStore;
use application::ports::campaigns::CampaignStore;
use application::ports::leads::LeadStore;
use application::ports::outbox::Outbox;
use application::ports::preview_pages::PreviewStore;
use application::ports::sequences::SequenceStore;
use application::ports::stats::StatsStore;
use application::ports::suppressions::SuppressionStore;
use application::ports::workspaces::WorkspaceStore;
use application::{Clock, Ids};
use domain::workspace::api_key::ApiScope::{
    CampaignsRead, CampaignsWrite, LeadsRead, SequencesRead, SequencesWrite,
};
use http_api::Access::{Manager, ReadOnly, Rep};
use http_api::IdUse::Needs;
use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        sequences: Arc<dyn SequenceStore>,
        campaigns: Arc<dyn CampaignStore>,
        accounts: Arc<dyn AccountStore>,
        enrolling: EnrolPorts = EnrolPorts::new,
        leads: Arc<dyn LeadStore>,
        suppressions: Arc<dyn SuppressionStore>,
        previews: Arc<dyn PreviewStore>,
        stats: Arc<dyn StatsStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        outbox: Arc<dyn Outbox>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        public_url: Arc<str>,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/sequences")
        .for_keys(SequencesRead, SequencesWrite)
        .add(ReadOnly.without_leads(), routes!(list_sequences::list_sequences))
        .add(Rep.without_leads(), routes!(create_sequence::create_sequence))
        .add(ReadOnly.without_leads(), routes!(get_sequence::get_sequence))
        .add(Rep.without_leads(), routes!(change_sequence::change_sequence))
        .add(Manager.with_totals(), routes!(archive_sequence::archive_sequence))
        .add(
            ReadOnly
                .narrowed()
                .naming(&[("lead_id", Needs(LeadsRead)), ("campaign_id", Needs(CampaignsRead))]),
            routes!(preview_sequence::preview_sequence),
        )
        .add(ReadOnly.narrowed().and_scope(CampaignsRead), routes!(diff_sequence::diff_sequence))
        .add(ReadOnly.narrowed().and_scope(CampaignsRead), routes!(list_versions::list_versions))
        .add(Rep.with_totals().and_scope(CampaignsWrite), routes!(patch_sequence::patch_sequence))
        .add(ReadOnly.with_totals().and_scope(CampaignsRead), routes!(list_rollouts::list_rollouts))
        .add(Rep.without_leads(), routes!(clone_sequence::clone_sequence))
        .for_users_only()
        .add(Rep.with_totals(), routes!(publish_sequence::publish_sequence))
}
