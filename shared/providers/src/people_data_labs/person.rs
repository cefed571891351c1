//! A person by LinkedIn profile, address, number, id, or name and company (`person/enrich`).

use super::refusal::read;
use crate::found::{Found, domain, known, linkedin_url, names, website};
use crate::question::Question;
use application::ports::provider_calls::CallError;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use http::Response;
use serde::Deserialize;

pub(super) const ENRICH: &str = "/person/enrich";
/// The least likelihood of a match, of 10: below it the person is more often another one.
const LEAST_LIKELIHOOD: &str = "6";

pub(super) fn find(subject: &DataSubject, wanted: DataField) -> Option<Question> {
    let question = identified(subject)?.with("min_likelihood", LEAST_LIKELIHOOD).with("titlecase", "true");
    // A record without the contact that is asked for is then no match, and costs nothing.
    Some(match wanted {
        DataField::Email => question.with("required", "work_email"),
        DataField::MobilePhone => question.with("required", "mobile_phone"),
        _ => question,
    })
}

fn identified(subject: &DataSubject) -> Option<Question> {
    let question = Question::get(ENRICH);
    if let Some(id) = known(&subject.provider_id).filter(|id| !id.contains('@')) {
        return Some(question.with("pdl_id", id));
    }
    if let Some(profile) = linkedin_url(known(&subject.linkedin_url)) {
        return Some(question.with("profile", profile.trim_start_matches("https://www.")));
    }
    if let Some(email) = known(&subject.email) {
        return Some(question.with("email", email.to_lowercase()));
    }
    if let Some((first, last)) = names(subject)
        && let Some(company) = domain(subject).or_else(|| known(&subject.company).map(str::to_owned))
    {
        return Some(question.with("first_name", first).with("last_name", last).with("company", company));
    }
    Some(question.with("phone", known(&subject.phone)?))
}

#[derive(Deserialize)]
struct Answer {
    likelihood: Option<f64>,
    data: Option<Person>,
}

#[derive(Deserialize)]
pub(super) struct Person {
    pub id: Option<String>,
    full_name: Option<Told>,
    pub work_email: Option<Told>,
    pub mobile_phone: Option<Told>,
    job_title: Option<Told>,
    #[serde(default)]
    job_title_levels: Option<Vec<String>>,
    job_company_name: Option<Told>,
    job_company_website: Option<Told>,
    job_company_size: Option<Told>,
    job_company_industry: Option<Told>,
    job_company_linkedin_url: Option<Told>,
    linkedin_url: Option<Told>,
    location_locality: Option<Told>,
    location_country: Option<Told>,
}

/// A value; on plans without contacts only whether there is one.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Told {
    Text(String),
    Exists(bool),
}

impl Told {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Exists(_) => None,
        }
    }

    pub fn is_there(&self) -> bool {
        match self {
            Self::Text(text) => !text.trim().is_empty(),
            Self::Exists(exists) => *exists,
        }
    }
}

fn text(told: &Option<Told>) -> Option<&str> {
    told.as_ref().and_then(Told::text)
}

impl Person {
    pub fn found(&self) -> Found {
        Found::default()
            .with(DataField::FullName, text(&self.full_name))
            .with(DataField::Email, text(&self.work_email))
            .with(DataField::MobilePhone, text(&self.mobile_phone))
            .with(DataField::JobTitle, text(&self.job_title))
            .with(DataField::Seniority, self.job_title_levels.as_ref().and_then(|levels| levels.first()))
            .with(DataField::LinkedinUrl, linkedin_url(text(&self.linkedin_url)))
            .with(DataField::City, text(&self.location_locality))
            .with(DataField::Country, text(&self.location_country))
            .with(DataField::CompanyName, text(&self.job_company_name))
            .with(DataField::CompanyWebsite, website(text(&self.job_company_website)))
            .with(DataField::CompanyLinkedinUrl, linkedin_url(text(&self.job_company_linkedin_url)))
            .with(DataField::Industry, text(&self.job_company_industry))
            .with(DataField::Employees, text(&self.job_company_size))
    }
}

pub(super) fn answer(response: &Response<Vec<u8>>) -> Result<Option<DataFound>, CallError> {
    let Some(answer) = read::<Answer>(response)? else { return Ok(None) };
    let likelihood = answer.likelihood.map(|likelihood| likelihood * 10.0);
    Ok(answer.data.and_then(|person| person.found().sure(likelihood).any()))
}
