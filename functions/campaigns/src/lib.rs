//! `/api/campaigns*`: who gets a sequence, from which accounts, and with what results.

mod answer_late;
mod archive_campaign;
mod campaign_checks;
mod campaign_view;
mod change_campaign;
mod check_launch;
mod clone_campaign;
mod complete_campaign;
mod create_campaign;
mod delete_campaign_page;
mod draft_campaign_page;
mod enrol_check;
mod enrol_leads;
mod enrolment_view;
mod get_auto_enrol;
mod get_campaign;
mod get_campaign_page;
mod get_campaign_stats;
mod get_campaign_variants;
mod get_campaign_why;
mod get_campaign_writing;
mod get_enrolment;
mod get_missing_values;
mod get_simulated_text;
mod get_simulation;
mod launch_campaign;
mod list_campaigns;
mod list_enrolments;
mod list_held;
mod list_simulated_people;
mod move_campaign;
mod page_view;
mod pause_campaign;
mod pause_enrolment;
mod pause_order;
mod release_held;
mod remove_enrolment;
mod resume_campaign;
mod resume_enrolment;
mod save_campaign_page;
mod simulate_campaign;
mod skip_step;
#[cfg(test)]
mod tests;

use application::campaign::enrol_ports::EnrolPorts;
use application::campaign::why::WhyPorts;
use application::identity::stage_keys::StageKeys;
use application::lead::list::LeadLists;
use application::ports::accounts::AccountStore;
use application::ports::auto_enrol::AutoEnrolStore;
use application::ports::blobs::Blobs;
use application::ports::campaigns::CampaignStore;
use application::ports::circuit_breakers::BreakerStore;
use application::ports::enrolments::EnrolmentStore;
use application::ports::leads::LeadStore;
use application::ports::outbox::Outbox;
use application::ports::preview_pages::PreviewStore;
use application::ports::quotas::QuotaStore;
use application::ports::rate_limits::RateLimitStore;
use application::ports::sequences::SequenceStore;
use application::ports::spend::SpendStore;
use application::ports::stats::StatsStore;
use application::ports::workspaces::WorkspaceStore;
use application::{Clock, Ids};
use domain::workspace::api_key::ApiScope::{CampaignsRead, CampaignsWrite, LeadsRead, SequencesRead};
use http_api::Access::{Manager, ReadOnly, Rep};
use http_api::IdUse::{Needs, OwnScope};
use http_api::{OtherId, Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        sequences: Arc<dyn SequenceStore>,
        campaigns: Arc<dyn CampaignStore>,
        enrolments: Arc<dyn EnrolmentStore>,
        enrolling: EnrolPorts = EnrolPorts::new,
        auto_enrols: Arc<dyn AutoEnrolStore>,
        accounts: Arc<dyn AccountStore>,
        breakers: Arc<dyn BreakerStore>,
        quotas: Arc<dyn QuotaStore>,
        leads: Arc<dyn LeadStore>,
        leads_with_deleted: Arc<dyn LeadStore>,
        lists: LeadLists = LeadLists::new,
        limits: Arc<dyn RateLimitStore>,
        why: WhyPorts = WhyPorts::new,
        spend: Arc<dyn SpendStore>,
        stats: Arc<dyn StatsStore>,
        previews: Arc<dyn PreviewStore>,
        keys: Arc<StageKeys>,
        workspaces: Arc<dyn WorkspaceStore>,
        blobs: Arc<dyn Blobs>,
        outbox: Arc<dyn Outbox>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        public_url: Arc<str>,
    }
}

/// What a campaign is made of. It shows the sequence's steps; the accounts are its own to choose, for no scope is about them.
const MADE_OF: &[OtherId] = &[
    ("sequence_id", Needs(SequencesRead)),
    ("mailbox_ids", OwnScope),
    ("sms_sender_id", OwnScope),
    ("whatsapp_sender_id", OwnScope),
];

/// What a campaign is changed by: it may enrol leads by itself, and tells how many it finds.
const CHANGED_BY: &[OtherId] =
    &[MADE_OF[0], MADE_OF[1], MADE_OF[2], MADE_OF[3], ("auto_enrol.filter", Needs(LeadsRead))];

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/campaigns")
        .for_keys(CampaignsRead, CampaignsWrite)
        .add(ReadOnly.without_leads(), routes!(list_campaigns::list_campaigns))
        .add(Rep.without_leads().naming(MADE_OF), routes!(create_campaign::create_campaign))
        .add(ReadOnly.narrowed(), routes!(list_held::list_held))
        .add(ReadOnly.without_leads(), routes!(get_campaign::get_campaign))
        .add(Rep.with_totals().naming(CHANGED_BY), routes!(change_campaign::change_campaign))
        .add(Rep.with_totals(), routes!(clone_campaign::clone_campaign))
        .add(ReadOnly.with_totals(), routes!(check_launch::check_launch))
        .add(Rep.with_totals(), routes!(launch_campaign::launch_campaign))
        .add(Rep.with_totals(), routes!(pause_campaign::pause_campaign))
        .add(Rep.with_totals(), routes!(resume_campaign::resume_campaign))
        .add(Rep.with_totals(), routes!(answer_late::answer_late))
        .add(Rep.with_totals(), routes!(release_held::release_held))
        .add(Manager.with_totals(), routes!(complete_campaign::complete_campaign))
        .add(Manager.with_totals(), routes!(archive_campaign::archive_campaign))
        .add(ReadOnly.with_totals(), routes!(get_campaign_stats::get_campaign_stats))
        .add(ReadOnly.with_totals(), routes!(get_campaign_variants::get_campaign_variants))
        .add(ReadOnly.without_leads(), routes!(get_campaign_why::get_campaign_why))
        .add(
            ReadOnly.with_totals().naming(&[("query.lead_id", Needs(LeadsRead))]),
            routes!(get_campaign_writing::get_campaign_writing),
        )
        .add(ReadOnly.with_totals(), routes!(get_auto_enrol::get_auto_enrol))
        .add(ReadOnly.with_totals(), routes!(get_missing_values::get_missing_values))
        .add(ReadOnly.without_leads(), routes!(get_campaign_page::get_campaign_page))
        .add(Rep.with_totals(), routes!(save_campaign_page::save_campaign_page))
        .add(Rep.with_totals(), routes!(delete_campaign_page::delete_campaign_page))
        .add(ReadOnly.with_totals(), routes!(simulate_campaign::simulate_campaign))
        .add(ReadOnly.with_totals(), routes!(get_simulation::get_simulation))
        .add(ReadOnly.narrowed(), routes!(list_simulated_people::list_simulated_people))
        .add(ReadOnly.of_lead("lead").and_scope(LeadsRead), routes!(get_simulated_text::get_simulated_text))
        .add(ReadOnly.narrowed(), routes!(list_enrolments::list_enrolments))
        .add(
            Rep.narrowed().naming(&[
                ("lead_ids", OwnScope),
                ("except", OwnScope),
                ("filter", Needs(LeadsRead)),
            ]),
            routes!(enrol_leads::enrol_leads),
        )
        .add(ReadOnly.of_lead("lead"), routes!(get_enrolment::get_enrolment))
        .add(Rep.of_lead("lead"), routes!(pause_enrolment::pause_enrolment))
        .add(Rep.of_lead("lead"), routes!(resume_enrolment::resume_enrolment))
        .add(Rep.of_lead("lead"), routes!(skip_step::skip_step))
        .add(Rep.of_lead("lead"), routes!(remove_enrolment::remove_enrolment))
        .for_users_only()
        .add(Rep, routes!(draft_campaign_page::draft_campaign_page))
}
