//! A company by its domain (`organizations/enrich`).

use super::refusal::read;
use crate::found::{Found, domain, linkedin_url, website};
use crate::question::Question;
use application::ports::provider_calls::CallError;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use http::Response;
use serde::Deserialize;

pub(super) const ENRICH: &str = "/organizations/enrich";

pub(super) fn find(subject: &DataSubject) -> Option<Question> {
    Some(Question::get(ENRICH).with("domain", domain(subject)?))
}

#[derive(Deserialize)]
struct Answer {
    organization: Option<Organization>,
}

#[derive(Deserialize)]
pub(super) struct Organization {
    pub name: Option<String>,
    website_url: Option<String>,
    primary_domain: Option<String>,
    linkedin_url: Option<String>,
    phone: Option<String>,
    #[serde(default)]
    primary_phone: Option<Phone>,
    industry: Option<String>,
    estimated_num_employees: Option<u64>,
    raw_address: Option<String>,
    short_description: Option<String>,
}

/// A number; the object may be empty.
#[derive(Deserialize)]
struct Phone {
    number: Option<String>,
}

impl Organization {
    pub fn add_to(self, found: Found) -> Found {
        let phone = self.phone.filter(|phone| !phone.trim().is_empty());
        let site = website(self.website_url.as_deref()).or_else(|| website(self.primary_domain.as_deref()));
        found
            .with(DataField::CompanyName, self.name)
            .with(DataField::CompanyWebsite, site)
            .with(
                DataField::CompanyPhone,
                phone.or_else(|| self.primary_phone.and_then(|phone| phone.number)),
            )
            .with(DataField::CompanyLinkedinUrl, linkedin_url(self.linkedin_url.as_deref()))
            .with(DataField::Industry, self.industry)
            .with(DataField::Employees, self.estimated_num_employees.map(|count| count.to_string()))
            .with(DataField::CompanyDescription, self.short_description)
            .with(DataField::CompanyAddress, self.raw_address)
    }
}

pub(super) fn answer(response: &Response<Vec<u8>>) -> Result<Option<DataFound>, CallError> {
    let organization = read::<Answer>(response)?.organization;
    Ok(organization.and_then(|organization| organization.add_to(Found::default()).any()))
}
