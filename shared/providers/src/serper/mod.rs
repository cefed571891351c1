//! Serper's Google Maps search: finds a business or address on the map, and businesses of a trade.

mod maps;

use crate::data_connectors::{DataAccount, DataConnector, FindsPlaces, SearchesProspects};
use crate::question::{KeyPlace, Question};
use crate::wire::{BadSettings, secret_header};
use application::ports::declarations::Declaration;
use domain::workspace::account::AccountKind;
use http::Request;
use http::header::HeaderName;

pub(crate) const DECLARED: Declaration = Declaration {
    kind: AccountKind::DataProvider,
    secrets: &["api_key"],
    fields: &[],
    reports: false,
    brings_mail_with: None,
    by_grant: false,
    api_url: Some("https://google.serper.dev"),
    check: Declaration::anything_goes,
};

pub(crate) struct Serper;

impl DataConnector for Serper {
    fn request(
        &self,
        question: &Question,
        account: &DataAccount<'_>,
    ) -> Result<Request<Vec<u8>>, BadSettings> {
        let (name, value) = secret_header(HeaderName::from_static("x-api-key"), account.key)?;
        question.request(account.base_url, "", KeyPlace::Header(name, value))
    }

    fn searches_prospects(&self) -> Option<&dyn SearchesProspects> {
        Some(self)
    }

    fn finds_places(&self) -> Option<&dyn FindsPlaces> {
        Some(self)
    }
}

#[cfg(test)]
mod tests;
