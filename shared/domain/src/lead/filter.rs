//! The filter that selects leads for a list, a bulk change, an enrolment job or auto-enrol.

use crate::contact::country::Country;
use crate::ids::{CampaignId, UserId};
use crate::lead::attributes::LeadText;
use crate::lead::{LeadStatus, Priority, Temperature};
use serde::{Deserialize, Serialize};

/// Different filters are combined with AND, the values of one with OR. An empty filter selects every lead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LeadFilter {
    /// Words in name, company, e-mail, phone, city, industry or tags.
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
        let texts: usize = self.texts().iter().map(|(_, values)| values.len()).sum();
        listed + texts + self.tag.len()
    }

    /// The filters by a text of the lead. The case of letters does not matter.
    pub fn texts(&self) -> [(LeadText, &[String]); 1] {
        [(LeadText::Category, &self.category)]
    }

    /// Whether the lead's owner is one that the filter asks for.
    pub fn takes_owner(&self, owner: Option<&UserId>) -> bool {
        if self.unowned { owner.is_none() } else { self.owner.is_none() || self.owner.as_ref() == owner }
    }
}
