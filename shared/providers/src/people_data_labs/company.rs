//! A company by website or name (`company/enrich`). Its answer has no envelope.

use super::refusal::read;
use crate::found::{Found, domain, known, linkedin_url, website};
use crate::question::Question;
use application::ports::provider_calls::CallError;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use http::Response;
use serde::Deserialize;

pub(super) fn find(subject: &DataSubject) -> Option<Question> {
    let question = Question::get("/company/enrich");
    let question = match (domain(subject), known(&subject.company)) {
        (Some(domain), _) => question.with("website", domain),
        (None, Some(company)) => question.with("name", company),
        (None, None) => return None,
    };
    Some(question.with("titlecase", "true"))
}

#[derive(Deserialize)]
struct Company {
    likelihood: Option<f64>,
    name: Option<String>,
    display_name: Option<String>,
    website: Option<String>,
    linkedin_url: Option<String>,
    industry: Option<String>,
    size: Option<String>,
    employee_count: Option<u64>,
    summary: Option<String>,
    #[serde(default)]
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Location {
    name: Option<String>,
    street_address: Option<String>,
}

pub(super) fn answer(response: &Response<Vec<u8>>) -> Result<Option<DataFound>, CallError> {
    let Some(told) = read::<Company>(response)? else { return Ok(None) };
    let address = told.location.and_then(|location| match (location.street_address, location.name) {
        (Some(street), Some(name)) => Some(format!("{street}, {name}")),
        (street, name) => street.or(name),
    });
    // The count is of profiles that name the company, so it is told where the size is not.
    let employees = told.size.or_else(|| told.employee_count.map(|count| count.to_string()));
    let found = Found::default()
        .with(DataField::CompanyName, told.display_name.or(told.name))
        .with(DataField::CompanyWebsite, website(told.website.as_deref()))
        .with(DataField::CompanyLinkedinUrl, linkedin_url(told.linkedin_url.as_deref()))
        .with(DataField::Industry, told.industry)
        .with(DataField::Employees, employees)
        .with(DataField::CompanyDescription, told.summary)
        .with(DataField::CompanyAddress, address)
        .sure(told.likelihood.map(|likelihood| likelihood * 10.0));
    Ok(found.any())
}
