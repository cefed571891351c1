//! The address of a person at a domain (`email-finder`), and what is known of a person (`people/find`).

use super::refusal::data;
use crate::found::{Found, domain, known, linkedin_handle, linkedin_url, names};
use crate::question::Question;
use application::ports::provider_calls::CallError;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use http::Response;
use serde::Deserialize;

pub(super) const FINDER: &str = "/email-finder";
pub(super) const FIND: &str = "/people/find";
/// The seconds that the finder may take, as it allows at most.
const PATIENCE_SECONDS: &str = "20";

/// Makes the question for an address: a domain or company, with a name or a LinkedIn profile.
pub(super) fn finder(subject: &DataSubject) -> Option<Question> {
    let question = match (domain(subject), known(&subject.company)) {
        (Some(domain), _) => Question::get(FINDER).with("domain", domain),
        (None, Some(company)) => Question::get(FINDER).with("company", company),
        (None, None) => return None,
    };
    let question = match (names(subject), linkedin_handle(subject)) {
        (Some((first, last)), _) => question.with("first_name", first).with("last_name", last),
        (None, Some(handle)) => question.with("linkedin_handle", handle),
        (None, None) => return None,
    };
    Some(question.with("max_duration", PATIENCE_SECONDS))
}

/// Makes the question about a person whose address or LinkedIn profile is known.
pub(super) fn find(subject: &DataSubject) -> Option<Question> {
    match (known(&subject.email), linkedin_handle(subject)) {
        (Some(email), _) => Some(Question::get(FIND).with("email", email.to_lowercase())),
        (None, Some(handle)) => Some(Question::get(FIND).with("linkedin_handle", handle)),
        (None, None) => None,
    }
}

#[derive(Deserialize)]
struct FoundAddress {
    email: Option<String>,
    score: Option<f64>,
    position: Option<String>,
    linkedin_url: Option<String>,
    phone_number: Option<String>,
    company: Option<String>,
    domain: Option<String>,
}

pub(super) fn finder_answer(response: &Response<Vec<u8>>) -> Result<Option<DataFound>, CallError> {
    let Some(told) = data::<FoundAddress>(response)? else { return Ok(None) };
    // Without an address it only repeats what it was asked about.
    if told.email.as_deref().is_none_or(|email| email.trim().is_empty()) {
        return Ok(None);
    }
    let found = Found::default()
        .with(DataField::Email, told.email)
        .with(DataField::JobTitle, told.position)
        .with(DataField::LinkedinUrl, linkedin_url(told.linkedin_url.as_deref()))
        .with(DataField::MobilePhone, told.phone_number)
        .with(DataField::CompanyName, told.company)
        .with(DataField::CompanyWebsite, crate::found::website(told.domain.as_deref()));
    Ok(found.sure(told.score).any())
}

#[derive(Deserialize)]
struct Person {
    name: Option<Name>,
    email: Option<String>,
    phone: Option<String>,
    geo: Option<Geo>,
    employment: Option<Employment>,
    linkedin: Option<Handle>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Name {
    full_name: Option<String>,
}

#[derive(Deserialize)]
struct Geo {
    city: Option<String>,
    country: Option<String>,
}

#[derive(Deserialize)]
struct Employment {
    name: Option<String>,
    domain: Option<String>,
    title: Option<String>,
    seniority: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Handle {
    pub handle: Option<String>,
}

pub(super) fn find_answer(response: &Response<Vec<u8>>) -> Result<Option<DataFound>, CallError> {
    let Some(told) = data::<Person>(response)? else { return Ok(None) };
    let geo = told.geo.unwrap_or(Geo { city: None, country: None });
    let none = Employment { name: None, domain: None, title: None, seniority: None };
    let job = told.employment.unwrap_or(none);
    let handle = told.linkedin.and_then(|linkedin| linkedin.handle);
    let found = Found::default()
        .with(DataField::Email, told.email)
        .with(DataField::FullName, told.name.and_then(|name| name.full_name))
        .with(DataField::MobilePhone, told.phone)
        .with(DataField::JobTitle, job.title)
        .with(DataField::Seniority, job.seniority)
        .with(DataField::LinkedinUrl, linkedin_url(handle.as_deref()))
        .with(DataField::City, geo.city)
        .with(DataField::Country, geo.country)
        .with(DataField::CompanyName, job.name)
        .with(DataField::CompanyWebsite, crate::found::website(job.domain.as_deref()));
    Ok(found.any())
}
