//! A person by id, address, LinkedIn profile or name and domain (`people/match`). A miss is a good answer without a person.

use super::company::Organization;
use super::refusal::read;
use crate::found::{Found, domain, known, linkedin_url, names};
use crate::question::Question;
use application::ports::provider_calls::CallError;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use http::Response;
use serde::Deserialize;

pub(super) const MATCH: &str = "/people/match";
/// The address that stands in the place of one that is not paid for.
const LOCKED: &str = "email_not_unlocked@";

pub(super) fn find(subject: &DataSubject) -> Option<Question> {
    let question = Question::post(MATCH).with("reveal_personal_emails", "false");
    if let Some(id) = known(&subject.provider_id).filter(|id| !id.contains('@')) {
        return Some(question.with("id", id));
    }
    if let Some(email) = known(&subject.email) {
        return Some(question.with("email", email.to_lowercase()));
    }
    if let Some(profile) = linkedin_url(known(&subject.linkedin_url)) {
        return Some(question.with("linkedin_url", profile));
    }
    let (first, last) = names(subject)?;
    let question = question.with("first_name", first).with("last_name", last);
    match (domain(subject), known(&subject.company)) {
        (Some(domain), _) => Some(question.with("domain", domain)),
        (None, Some(company)) => Some(question.with("organization_name", company)),
        (None, None) => None,
    }
}

#[derive(Deserialize)]
struct Answer {
    person: Option<Person>,
}

#[derive(Deserialize)]
struct Person {
    name: Option<String>,
    title: Option<String>,
    seniority: Option<String>,
    linkedin_url: Option<String>,
    email: Option<String>,
    email_status: Option<String>,
    city: Option<String>,
    country: Option<String>,
    organization: Option<Organization>,
}

pub(super) fn answer(response: &Response<Vec<u8>>) -> Result<Option<DataFound>, CallError> {
    let Some(person) = read::<Answer>(response)?.person else { return Ok(None) };
    // An address that is known to be wrong is none.
    let status = person.email_status.as_deref().unwrap_or_default().to_lowercase();
    let email = person.email.filter(|email| !email.starts_with(LOCKED) && status != "unavailable");
    let sure = match status.as_str() {
        "verified" => Some(95.0),
        "likely to engage" | "extrapolated" | "guessed" => Some(60.0),
        "unverified" => Some(40.0),
        _ => None,
    };
    let found = Found::default()
        .with(DataField::FullName, person.name)
        .with(DataField::JobTitle, person.title)
        .with(DataField::Seniority, person.seniority)
        .with(DataField::LinkedinUrl, linkedin_url(person.linkedin_url.as_deref()))
        .with(DataField::City, person.city)
        .with(DataField::Country, person.country)
        .sure(sure.filter(|_| email.is_some()))
        .with(DataField::Email, email);
    Ok(match person.organization {
        Some(organization) => organization.add_to(found),
        None => found,
    }
    .any())
}
