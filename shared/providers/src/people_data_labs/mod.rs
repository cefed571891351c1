//! People Data Labs: looks up a person, also by LinkedIn profile, or a company, and searches for people.

mod company;
mod person;
mod prospects;
mod refusal;

use crate::data_connectors::{DataAccount, DataConnector, LooksUp, SearchesProspects};
use crate::question::{KeyPlace, Question};
use crate::wire::{BadSettings, secret_header};
use application::ports::declarations::Declaration;
use application::ports::provider_calls::CallError;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use domain::workspace::account::AccountKind;
use http::header::HeaderName;
use http::{Request, Response};

pub(crate) const DECLARED: Declaration = Declaration {
    kind: AccountKind::DataProvider,
    secrets: &["api_key"],
    fields: &[],
    reports: false,
    brings_mail_with: None,
    by_grant: false,
    api_url: Some("https://api.peopledatalabs.com"),
    check: Declaration::anything_goes,
};

pub(crate) struct PeopleDataLabs;

impl DataConnector for PeopleDataLabs {
    fn request(
        &self,
        question: &Question,
        account: &DataAccount<'_>,
    ) -> Result<Request<Vec<u8>>, BadSettings> {
        let (name, value) = secret_header(HeaderName::from_static("x-api-key"), account.key)?;
        question.request(account.base_url, "/v5", KeyPlace::Header(name, value))
    }

    fn looks_up(&self) -> Option<&dyn LooksUp> {
        Some(self)
    }

    fn searches_prospects(&self) -> Option<&dyn SearchesProspects> {
        Some(self)
    }
}

impl LooksUp for PeopleDataLabs {
    fn question(&self, subject: &DataSubject, wanted: DataField) -> Option<Question> {
        match wanted {
            DataField::Email
            | DataField::MobilePhone
            | DataField::FullName
            | DataField::JobTitle
            | DataField::Seniority
            | DataField::LinkedinUrl
            | DataField::City
            | DataField::Country => person::find(subject, wanted),
            DataField::CompanyPhone => None,
            DataField::CompanyName
            | DataField::CompanyWebsite
            | DataField::CompanyLinkedinUrl
            | DataField::Industry
            | DataField::Employees
            | DataField::CompanyDescription
            | DataField::CompanyAddress => company::find(subject),
        }
    }

    fn found(
        &self,
        question: &Question,
        response: &Response<Vec<u8>>,
    ) -> Result<Option<DataFound>, CallError> {
        match question.path() {
            person::ENRICH => person::answer(response),
            _ => company::answer(response),
        }
    }
}

#[cfg(test)]
mod tests;
