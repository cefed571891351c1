//! Hunter: whether an address accepts mail, the address of a person at a domain, what is known of a person or a company,
//! and the people at a domain.

mod company;
mod person;
mod prospects;
mod refusal;
mod verification;

use crate::data_connectors::{DataAccount, DataConnector, LooksUp, SearchesProspects, VerifiesEmail};
use crate::question::{KeyPlace, Question};
use crate::wire::{BadSettings, secret_header};
use application::ports::provider_calls::CallError;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use http::header::HeaderName;
use http::{Request, Response};

pub(crate) struct Hunter;

impl DataConnector for Hunter {
    fn request(
        &self,
        question: &Question,
        account: &DataAccount<'_>,
    ) -> Result<Request<Vec<u8>>, BadSettings> {
        let (name, value) = secret_header(HeaderName::from_static("x-api-key"), account.key)?;
        question.request(account.base_url, "/v2", KeyPlace::Header(name, value))
    }

    fn looks_up(&self) -> Option<&dyn LooksUp> {
        Some(self)
    }

    fn searches_prospects(&self) -> Option<&dyn SearchesProspects> {
        Some(self)
    }

    fn verifies_email(&self) -> Option<&dyn VerifiesEmail> {
        Some(self)
    }
}

impl LooksUp for Hunter {
    fn question(&self, subject: &DataSubject, wanted: DataField) -> Option<Question> {
        match wanted {
            DataField::Email => person::finder(subject),
            DataField::JobTitle | DataField::LinkedinUrl | DataField::MobilePhone => {
                person::find(subject).or_else(|| person::finder(subject))
            }
            DataField::FullName | DataField::Seniority | DataField::City | DataField::Country => {
                person::find(subject)
            }
            DataField::CompanyName
            | DataField::CompanyWebsite
            | DataField::CompanyPhone
            | DataField::CompanyLinkedinUrl
            | DataField::Industry
            | DataField::Employees
            | DataField::CompanyDescription
            | DataField::CompanyAddress => company::find(subject).or_else(|| company::by_name(subject)),
        }
    }

    fn found(
        &self,
        question: &Question,
        response: &Response<Vec<u8>>,
    ) -> Result<Option<DataFound>, CallError> {
        match question.path() {
            person::FINDER => person::finder_answer(response),
            person::FIND => person::find_answer(response),
            company::FIND => company::find_answer(response),
            _ => company::by_name_answer(response),
        }
    }
}

#[cfg(test)]
mod tests;
