//! `/api/prospects*`: people and businesses that are no leads yet, searched for at providers, priced, and added.

mod add_prospects;
mod estimate_prospects;
mod get_prospect_search;
mod list_prospect_providers;
mod prospect_view;
mod refusals;
mod search_body;
mod search_prospects;
#[cfg(test)]
mod tests;

use application::prospects::ProspectPorts;
use domain::workspace::api_key::ApiScope::{BudgetSpend, CampaignsWrite, LeadsRead, LeadsWrite};
use http_api::Access::{ReadOnly, Rep};
use http_api::IdUse::Needs;
use http_api::{OtherId, Routes, routes};

application::ports! {
    pub struct App {
        ports: ProspectPorts = ProspectPorts::new,
    }
}

/// The campaign in which added prospects are enrolled.
const ENROLS_IN: &[OtherId] = &[("campaign", Needs(CampaignsWrite))];

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/prospects")
        .for_keys(LeadsRead, LeadsWrite)
        .add(ReadOnly.without_leads(), routes!(list_prospect_providers::list_prospect_providers))
        .add(Rep, routes!(estimate_prospects::estimate_prospects))
        .add(Rep.and_scope(BudgetSpend), routes!(search_prospects::search_prospects))
        .add(Rep.naming(ENROLS_IN).and_scope(BudgetSpend), routes!(add_prospects::add_prospects))
        .add(ReadOnly, routes!(get_prospect_search::get_prospect_search))
}
