//! What providers of data know about a person or a company, field by field, and what they are asked with.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A fact that a provider of data may know about a person or the company where the person works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DataField {
    Email,
    MobilePhone,
    FullName,
    JobTitle,
    Seniority,
    LinkedinUrl,
    City,
    Country,
    CompanyName,
    CompanyWebsite,
    CompanyPhone,
    CompanyLinkedinUrl,
    Industry,
    /// A number or a range, such as `11-50`.
    Employees,
    CompanyDescription,
    CompanyAddress,
}

/// What is known of a person or company that a provider is asked about. Empty parts are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSubject {
    pub full_name: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub linkedin_url: Option<String>,
    pub company: Option<String>,
    /// The domain of the company's website or mail, without `www.`.
    pub domain: Option<String>,
    /// The provider's own id of the person, from a search.
    pub provider_id: Option<String>,
}

/// What a provider answered about one person or company.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFound {
    pub values: BTreeMap<DataField, String>,
    /// How sure the provider is, 0–100, where it says so.
    pub confidence: Option<u8>,
}

impl DataField {
    pub const ALL: [Self; 16] = [
        Self::Email,
        Self::MobilePhone,
        Self::FullName,
        Self::JobTitle,
        Self::Seniority,
        Self::LinkedinUrl,
        Self::City,
        Self::Country,
        Self::CompanyName,
        Self::CompanyWebsite,
        Self::CompanyPhone,
        Self::CompanyLinkedinUrl,
        Self::Industry,
        Self::Employees,
        Self::CompanyDescription,
        Self::CompanyAddress,
    ];
}
