//! Prospects: people and businesses that a provider of data found and that are no leads yet.
//!
//! What a search found is kept for a day, so that adding a prospect does not search again. Users see it masked until the
//! prospect is a lead. What was done about a prospect is noted under a digest of the provider's own id, for as long as the
//! workspace exists: nobody is paid for twice, and who was erased is not added again.

mod mask;
mod record;

pub use mask::{masked_email, masked_name};
pub use record::{ProspectPaid, ProspectRecord, ProspectState};

use crate::event::UserOrKey;
use crate::ids::{IcpId, ProspectSearchId, WorkspaceId};
use crate::lead::data_field::DataField;
use crate::spend::Usd;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The time for which found prospects are kept.
pub const PROSPECTS_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// The most prospects of a page.
pub const MOST_OF_PAGE: u32 = 100;
/// The most pages of a search.
pub const MOST_PAGES: u32 = 40;
/// The most values of a filter.
pub const MOST_FILTER_VALUES: usize = 50;
/// The most characters of a filter's value.
pub const LONGEST_FILTER_VALUE: usize = 100;

/// The providers that can be searched: by their names in the price list, and as users read them.
pub const SEARCHED_PROVIDERS: [(&str, &str); 5] = [
    ("apollo", "Apollo"),
    ("hunter", "Hunter"),
    ("people_data_labs", "People Data Labs"),
    ("serper", "Business listings (Serper)"),
    ("serpapi", "Business listings (SerpApi)"),
];

/// Returns a provider's name as users read it.
pub fn provider_name(provider: &str) -> &str {
    SEARCHED_PROVIDERS.iter().find(|(known, _)| *known == provider).map_or(provider, |(_, name)| name)
}

/// What prospects have in common. Each list means "one of these"; an empty one leaves it open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProspectFilters {
    /// Job titles, such as `Practice manager`.
    #[serde(default)]
    pub titles: Vec<String>,
    /// Words such as `owner`, `director`, `senior`.
    #[serde(default)]
    pub seniorities: Vec<String>,
    /// Cities, regions or countries, such as `Bonn` or `Germany`.
    #[serde(default)]
    pub locations: Vec<String>,
    #[serde(default)]
    pub industries: Vec<String>,
    /// The sizes of the companies.
    #[serde(default)]
    pub employees: Vec<EmployeeRange>,
    /// The domains of the companies, such as `acme.example`.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Words about the person or company; for business listings the trade.
    #[serde(default)]
    pub keywords: Vec<String>,
}

/// A range of employees; open above without `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmployeeRange {
    pub from: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u32>,
}

/// A search whose prospects are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSearch {
    pub id: ProspectSearchId,
    pub workspace: WorkspaceId,
    /// The provider that was asked, by its name in the price list.
    pub provider: String,
    pub filters: ProspectFilters,
    pub icp: Option<IcpId>,
    /// The ICP's rules that the provider cannot be asked for, in plain words.
    pub unasked: Vec<String>,
    pub page_size: u32,
    /// All who match, where the provider says so.
    pub total: Option<u64>,
    /// The pages that are kept.
    pub pages: u32,
    /// The page that the provider is being asked for. On a repeat its answer is lost.
    pub asking: Option<u32>,
    /// The beginning of the next page, as the provider named it; none once the last page is kept.
    pub next: Option<String>,
    /// The cost of all pages so far.
    pub cost: Usd,
    pub by: Option<UserOrKey>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub rev: u64,
}

/// A page of found prospects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPage {
    pub workspace: WorkspaceId,
    pub search: ProspectSearchId,
    /// Its number, from 1 on.
    pub number: u32,
    pub prospects: Vec<Prospect>,
    pub expires_at: Timestamp,
}

/// A person or business that a provider found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prospect {
    /// The keyed digest of the provider's own id, the same in every search of the workspace.
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// What the provider told, as it told it.
    pub values: BTreeMap<DataField, String>,
    /// The values that the provider itself masks until they are paid for.
    #[serde(default)]
    pub masked: Vec<DataField>,
    /// Whether the provider has an e-mail address; none if it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_email: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_phone: Option<bool>,
}

impl Prospect {
    pub fn value(&self, field: DataField) -> Option<&str> {
        self.values.get(&field).map(String::as_str)
    }

    /// Tells whether the provider says more of the prospect for a credit: an address that it has and has not told.
    pub fn is_to_be_bought(&self) -> bool {
        let told = self.values.contains_key(&DataField::Email) && !self.masked.contains(&DataField::Email);
        !told && self.has_email == Some(true) && self.provider_id.is_some()
    }

    /// Tells whether the prospect can become a lead: an address or a number is known, or can be bought. The number of a
    /// company reaches the company, and not a person who works there.
    pub fn is_reachable(&self) -> bool {
        let told = |field| self.values.contains_key(&field) && !self.masked.contains(&field);
        let is_person = self.values.contains_key(&DataField::FullName);
        self.is_to_be_bought()
            || [DataField::Email, DataField::MobilePhone].into_iter().any(told)
            || (!is_person && told(DataField::CompanyPhone))
    }
}

#[cfg(test)]
mod tests;
