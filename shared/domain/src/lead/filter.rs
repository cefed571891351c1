//! The filter that selects leads for a list, a bulk change, an enrolment job or auto-enrol.

use crate::contact::country::Country;
use crate::ids::{CampaignId, UserId};
use crate::lead::{LeadStatus, Priority, Temperature};
use serde::{Deserialize, Serialize};

/// Different filters are combined with AND, the values of one with OR. An empty filter selects every lead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LeadFilter {
    /// Words in name, company, e-mail, phone or city.
    pub q: Option<String>,
    #[serde(default)]
    pub status: Vec<LeadStatus>,
    #[serde(default)]
    pub temperature: Vec<Temperature>,
    #[serde(default)]
    pub priority: Vec<Priority>,
    pub owner: Option<UserId>,
    /// Leads without an owner.
    #[serde(default)]
    pub unowned: bool,
    #[serde(default)]
    pub country: Vec<Country>,
    #[serde(default)]
    pub category: Vec<String>,
    #[serde(default)]
    pub tag: Vec<String>,
    pub campaign: Option<CampaignId>,
}

impl LeadFilter {
    /// How many values the filter names.
    pub fn values(&self) -> usize {
        let listed = self.status.len() + self.temperature.len() + self.priority.len() + self.country.len();
        listed + self.category.len() + self.tag.len()
    }
}
