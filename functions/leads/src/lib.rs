//! `/api/leads*`, `/api/companies*`, `/api/deals*`, `/api/fields*`, `/api/pipeline*`, `/api/segments*`, `/api/stages` and
//! `/api/views*`: the leads of a workspace, the companies that they work at, their deals and how the pipeline does, the fields that it adds to leads, its stages, and
//! the rules and views that it saves.

mod add_note;
mod answer_opt_outs;
mod bulk_change;
mod bulk_opt_outs;
mod change_company;
mod change_deal;
mod change_field;
mod change_lead;
mod change_leads;
mod change_preview;
mod change_segment;
mod change_view;
mod chosen_leads;
mod company_view;
mod count_segment;
mod create_deal;
mod create_field;
mod create_lead;
mod create_segment;
mod create_view;
mod deal_fields;
mod deal_view;
mod delete_deal;
mod delete_field;
mod delete_lead;
mod delete_leads;
mod delete_segment;
mod delete_view;
mod dismiss_duplicates;
mod enrich_lead;
mod erase_lead;
mod export_leads;
mod find_duplicates;
mod get_board;
mod get_company;
mod get_company_timeline;
mod get_consent;
mod get_deal_forecast;
mod get_field_use;
mod get_lead;
mod get_lead_why;
mod get_pipeline_health;
mod get_preview;
mod get_segment;
mod get_stages;
mod get_timeline;
mod key_names;
mod known_lead;
mod lead_consent;
mod lead_fields;
mod lead_moves;
mod lead_routes;
mod lead_texts;
mod lead_view;
mod line;
mod list_companies;
mod list_deals;
mod list_deleted_leads;
mod list_duplicates;
mod list_fields;
mod list_lead_deals;
mod list_leads;
mod list_merges;
mod list_opt_outs;
mod list_segments;
mod list_views;
mod lose_deal;
mod merge_leads;
mod pause_lead;
mod personalize_lead;
mod preview_merge;
mod propose_duplicates;
mod reopen_deal;
mod restore_lead;
mod restore_leads;
mod resume_lead;
mod rule_uses;
mod segment_view;
mod set_opening_line;
mod set_stages;
mod sort_fields;
mod stop_lead;
#[cfg(test)]
mod tests;
mod timeline;
mod tracking_why;
mod unmerge_leads;
mod view_body;
mod win_deal;

use application::campaign::enrol_ports::EnrolPorts;
use application::campaign::why::WhyPorts;
use application::deals::with_leads::DealPorts;
use application::identity::access_log::AccessLog;
use application::lead::deletion::DeletionPorts;
use application::lead::duplicate_search::DuplicatePorts;
use application::lead::list::LeadLists;
use application::lead::merging::MergePorts;
use application::lead::routing::RoutingPorts;
use application::lead::rule_uses::RuleUsePorts;
use application::lead::suppressing::SuppressPorts;
use application::ports::api_keys::ApiKeyStore;
use application::ports::blobs::Blobs;
use application::ports::campaigns::CampaignStore;
use application::ports::columns::ColumnStore;
use application::ports::companies::CompanyStore;
use application::ports::custom_fields::CustomFieldStore;
use application::ports::due::DueStore;
use application::ports::enrolments::EnrolmentStore;
use application::ports::icps::IcpStore;
use application::ports::lead_views::LeadViewStore;
use application::ports::leads::LeadStore;
use application::ports::outbox::Outbox;
use application::ports::preview_pages::PreviewStore;
use application::ports::revenue::RevenueStore;
use application::ports::segments::SegmentStore;
use application::ports::sequences::SequenceStore;
use application::ports::stages::StageStore;
use application::ports::tasks::TaskStore;
use application::ports::users::UserStore;
use application::ports::workspaces::WorkspaceStore;
use application::{Clock, Ids};
use domain::workspace::api_key::ApiScope::{BudgetSpend, CampaignsWrite, FieldsWrite, LeadsRead, LeadsWrite};
use http_api::Access::{Admin, Manager, ReadOnly, Rep};
use http_api::IdUse::{Needs, OwnScope};
use http_api::{OtherId, Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        access: AccessLog = AccessLog::new,
        api_keys: Arc<dyn ApiKeyStore>,
        leads: Arc<dyn LeadStore>,
        lists: LeadLists = LeadLists::new,
        enrolments: Arc<dyn EnrolmentStore>,
        enrolling: EnrolPorts = EnrolPorts::new,
        campaigns: Arc<dyn CampaignStore>,
        columns: Arc<dyn ColumnStore>,
        companies: Arc<dyn CompanyStore>,
        custom_fields: Arc<dyn CustomFieldStore>,
        icps: Arc<dyn IcpStore>,
        deals: DealPorts = DealPorts::new,
        deletion: DeletionPorts = DeletionPorts::new,
        duplicates: DuplicatePorts = DuplicatePorts::new,
        lead_views: Arc<dyn LeadViewStore>,
        merging: MergePorts = MergePorts::new,
        segments: Arc<dyn SegmentStore>,
        sequences: Arc<dyn SequenceStore>,
        stages: Arc<dyn StageStore>,
        previews: Arc<dyn PreviewStore>,
        revenue: Arc<dyn RevenueStore>,
        routing: RoutingPorts = RoutingPorts::new,
        rule_uses: RuleUsePorts = RuleUsePorts::new,
        suppressing: SuppressPorts = SuppressPorts::new,
        tasks: Arc<dyn TaskStore>,
        users: Arc<dyn UserStore>,
        why: WhyPorts = WhyPorts::new,
        workspaces: Arc<dyn WorkspaceStore>,
        blobs: Arc<dyn Blobs>,
        outbox: Arc<dyn Outbox>,
        due: Arc<dyn DueStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        public_url: Arc<str>,
    }
}

/// Lists choose leads by the campaign that they are in, which each lead shows, too.
const CHOSEN_BY: &[OtherId] = &[("query.campaign", OwnScope)];

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/leads")
        .group("/api/companies")
        .group("/api/deals")
        .group("/api/fields")
        .group("/api/pipeline")
        .group("/api/segments")
        .group("/api/stages")
        .group("/api/views")
        .for_keys(LeadsRead, LeadsWrite)
        .add(ReadOnly.narrowed().naming(CHOSEN_BY), routes!(list_leads::list_leads))
        .add(Rep.narrowed(), routes!(create_lead::create_lead))
        .add(
            Rep.narrowed()
                .naming(&[("action.campaign", Needs(CampaignsWrite)), ("filter", Needs(LeadsRead))]),
            routes!(bulk_change::bulk_change),
        )
        .add(ReadOnly.narrowed().naming(CHOSEN_BY), routes!(export_leads::export_leads))
        .add(ReadOnly.narrowed().naming(CHOSEN_BY), routes!(get_board::get_board))
        .add(ReadOnly.of_lead("id"), routes!(get_lead::get_lead))
        .add(Rep.of_lead("id"), routes!(change_lead::change_lead))
        .add(Manager.of_lead("id"), routes!(delete_lead::delete_lead))
        .add(ReadOnly.of_lead("id"), routes!(get_consent::get_consent))
        .add(Manager.narrowed().naming(&[("filter", Needs(LeadsRead))]), routes!(delete_leads::delete_leads))
        .add(Manager.of_lead("id"), routes!(restore_lead::restore_lead))
        .add(Manager.narrowed(), routes!(restore_leads::restore_leads))
        .add(Manager.narrowed(), routes!(list_deleted_leads::list_deleted_leads))
        .add(Manager, routes!(erase_lead::erase_lead))
        .add(ReadOnly, routes!(list_duplicates::list_duplicates))
        .add(Rep, routes!(find_duplicates::find_duplicates))
        .add(Rep, routes!(dismiss_duplicates::dismiss_duplicates))
        .add(Rep, routes!(propose_duplicates::propose_duplicates))
        .add(Rep, routes!(preview_merge::preview_merge))
        .add(Rep, routes!(merge_leads::merge_leads))
        .add(ReadOnly.of_lead("id"), routes!(list_merges::list_merges))
        .add(Rep, routes!(unmerge_leads::unmerge_leads))
        .add(ReadOnly.of_lead("id"), routes!(get_timeline::get_timeline))
        .add(ReadOnly.of_lead("id"), routes!(get_lead_why::get_lead_why))
        .add(Rep.of_lead("id"), routes!(add_note::add_note))
        .add(Rep.of_lead("id").and_scope(BudgetSpend), routes!(enrich_lead::enrich_lead))
        .add(Rep.of_lead("id").and_scope(BudgetSpend), routes!(personalize_lead::personalize_lead))
        .add(Rep.of_lead("id"), routes!(set_opening_line::set_opening_line))
        .add(Rep.of_lead("id"), routes!(pause_lead::pause_lead))
        .add(Rep.of_lead("id").and_scope(CampaignsWrite), routes!(resume_lead::resume_lead))
        .add(Rep.of_lead("id"), routes!(stop_lead::stop_lead))
        .add(ReadOnly.of_lead("id"), routes!(list_lead_deals::list_lead_deals))
        .add(Rep.of_lead("id"), routes!(create_deal::create_deal))
        .add(ReadOnly.narrowed(), routes!(list_deals::list_deals))
        .add(ReadOnly.narrowed(), routes!(get_deal_forecast::get_deal_forecast))
        .add(ReadOnly.with_totals(), routes!(get_pipeline_health::get_pipeline_health))
        .add(Rep.of_lead("id"), routes!(change_deal::change_deal))
        .add(Rep.of_lead("id"), routes!(delete_deal::delete_deal))
        .add(Rep.of_lead("id"), routes!(win_deal::win_deal))
        .add(Rep.of_lead("id"), routes!(lose_deal::lose_deal))
        .add(Rep.of_lead("id"), routes!(reopen_deal::reopen_deal))
        .add(ReadOnly.of_lead("id"), routes!(get_preview::get_preview))
        .add(Rep.of_lead("id"), routes!(change_preview::change_preview))
        .add(ReadOnly, routes!(list_companies::list_companies))
        .add(ReadOnly, routes!(get_company::get_company))
        .add(Rep, routes!(change_company::change_company))
        .add(ReadOnly, routes!(get_company_timeline::get_company_timeline))
        .add(ReadOnly.without_leads(), routes!(list_fields::list_fields))
        .add(ReadOnly.without_leads(), routes!(get_stages::get_stages))
        .add(ReadOnly.without_leads(), routes!(list_segments::list_segments))
        .add(Rep.without_leads(), routes!(create_segment::create_segment))
        .add(ReadOnly.without_leads(), routes!(get_segment::get_segment))
        .add(Rep.with_totals(), routes!(change_segment::change_segment))
        .add(Rep.with_totals(), routes!(delete_segment::delete_segment))
        .for_keys(LeadsRead, FieldsWrite)
        .add(Manager.without_leads(), routes!(create_field::create_field))
        .add(Manager.without_leads(), routes!(sort_fields::sort_fields))
        .add(Manager.with_totals(), routes!(change_field::change_field))
        .add(Manager.with_totals(), routes!(get_field_use::get_field_use))
        .add(Manager.with_totals(), routes!(delete_field::delete_field))
        .for_users_only()
        .add(Admin.with_totals(), routes!(set_stages::set_stages))
        .add(ReadOnly.narrowed(), routes!(count_segment::count_segment))
        .add(ReadOnly.without_leads(), routes!(list_views::list_views))
        .add(Rep.without_leads(), routes!(create_view::create_view))
        .add(Rep.without_leads(), routes!(change_view::change_view))
        .add(Rep.without_leads(), routes!(delete_view::delete_view))
        .add(Admin.with_totals(), routes!(list_opt_outs::list_opt_outs))
        .add(Admin.with_totals(), routes!(answer_opt_outs::answer_opt_outs))
}
