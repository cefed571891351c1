//! What is known of a company by its domain (`companies/find`), or by its name (`domain-search`).

use super::person::Handle;
use super::refusal::data;
use crate::found::{Found, domain, known, linkedin_url, website};
use crate::question::Question;
use application::ports::provider_calls::CallError;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use http::Response;
use serde::Deserialize;

pub(super) const FIND: &str = "/companies/find";
pub(super) const SEARCH: &str = "/domain-search";

pub(super) fn find(subject: &DataSubject) -> Option<Question> {
    Some(Question::get(FIND).with("domain", domain(subject)?))
}

pub(super) fn by_name(subject: &DataSubject) -> Option<Question> {
    Some(Question::get(SEARCH).with("company", known(&subject.company)?).with("limit", "1"))
}

#[derive(Deserialize)]
struct Company {
    name: Option<String>,
    domain: Option<String>,
    category: Option<Category>,
    description: Option<String>,
    location: Option<String>,
    geo: Option<Geo>,
    linkedin: Option<Handle>,
    phone: Option<String>,
    metrics: Option<Metrics>,
}

#[derive(Deserialize)]
struct Category {
    industry: Option<String>,
    sector: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Geo {
    street_address: Option<String>,
    postal_code: Option<String>,
    city: Option<String>,
    country: Option<String>,
}

#[derive(Deserialize)]
struct Metrics {
    employees: Option<Size>,
}

/// A range such as `11-50`, or a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Size {
    Range(String),
    Number(u64),
}

impl Size {
    fn text(self) -> String {
        match self {
            Self::Range(range) => range,
            Self::Number(number) => number.to_string(),
        }
    }
}

pub(super) fn find_answer(response: &Response<Vec<u8>>) -> Result<Option<DataFound>, CallError> {
    let Some(told) = data::<Company>(response)? else { return Ok(None) };
    let geo = told.geo.unwrap_or_default();
    let address = [&geo.street_address, &geo.postal_code, &geo.city, &geo.country];
    let address: Vec<&str> = address.into_iter().filter_map(known).collect();
    let address = geo.street_address.as_ref().map(|_| address.join(", "));
    let handle = told.linkedin.and_then(|linkedin| linkedin.handle);
    let page = handle.filter(|handle| handle.contains("company/"));
    let category = told.category.map(|category| category.industry.or(category.sector));
    let found = Found::default()
        .with(DataField::CompanyName, told.name)
        .with(DataField::CompanyWebsite, website(told.domain.as_deref()))
        .with(DataField::CompanyPhone, told.phone)
        .with(DataField::CompanyLinkedinUrl, linkedin_url(page.as_deref()))
        .with(DataField::Industry, category.flatten())
        .with(DataField::Employees, told.metrics.and_then(|metrics| metrics.employees).map(Size::text))
        .with(DataField::CompanyDescription, told.description)
        .with(DataField::CompanyAddress, address.or(told.location));
    Ok(found.any())
}

#[derive(Deserialize)]
struct Domain {
    domain: Option<String>,
    organization: Option<String>,
    description: Option<String>,
    industry: Option<String>,
    headcount: Option<String>,
    linkedin: Option<String>,
}

pub(super) fn by_name_answer(response: &Response<Vec<u8>>) -> Result<Option<DataFound>, CallError> {
    let Some(told) = data::<Domain>(response)? else { return Ok(None) };
    // Without a domain it found no company of this name.
    let Some(website) = website(told.domain.as_deref()) else { return Ok(None) };
    let found = Found::default()
        .with(DataField::CompanyName, told.organization)
        .with(DataField::CompanyWebsite, Some(website))
        .with(DataField::CompanyDescription, told.description)
        .with(DataField::Industry, told.industry)
        .with(DataField::Employees, told.headcount)
        .with(DataField::CompanyLinkedinUrl, linkedin_url(told.linkedin.as_deref()));
    Ok(found.any())
}
