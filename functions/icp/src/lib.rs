//! `/api/icp*`: the ideal customer profiles (ICPs) of a workspace, counted while they are written, and how a lead fits.

mod change_icp;
mod create_icp;
mod delete_icp;
mod fit_uses;
mod fit_view;
mod get_icp;
mod get_lead_fit;
mod icp_view;
mod list_icps;
mod preview_icp;
mod propose_icp;
#[cfg(test)]
mod tests;

use application::ai::AiPorts;
use application::lead::list::LeadLists;
use application::lead::rule_uses::RuleUsePorts;
use application::ports::custom_fields::CustomFieldStore;
use application::ports::icps::IcpStore;
use application::ports::leads::LeadStore;
use application::ports::segments::SegmentStore;
use application::{Clock, Ids};
use domain::workspace::api_key::ApiScope::{LeadsRead, LeadsWrite};
use http_api::Access::{Manager, ReadOnly};

use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        ai: AiPorts = AiPorts::new,
        clock: Arc<dyn Clock>,
        custom_fields: Arc<dyn CustomFieldStore>,
        icps: Arc<dyn IcpStore>,
        ids: Arc<dyn Ids>,
        leads: Arc<dyn LeadStore>,
        lists: LeadLists = LeadLists::new,
        rule_uses: RuleUsePorts = RuleUsePorts::new,
        segments: Arc<dyn SegmentStore>,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/icp")
        .for_keys(LeadsRead, LeadsWrite)
        .add(ReadOnly.without_leads(), routes!(list_icps::list_icps))
        .add(Manager.without_leads(), routes!(create_icp::create_icp))
        .add(ReadOnly.without_leads(), routes!(get_icp::get_icp))
        .add(Manager.without_leads(), routes!(change_icp::change_icp))
        .add(Manager.without_leads(), routes!(delete_icp::delete_icp))
        .add(ReadOnly.of_lead("lead"), routes!(get_lead_fit::get_lead_fit))
        .for_users_only()
        .add(ReadOnly, routes!(preview_icp::preview_icp))
        .add(Manager, routes!(propose_icp::propose_icp))
}
