//! ZeroBounce: whether an address accepts mail.

mod verification;

use crate::data_connectors::{DataAccount, DataConnector, VerifiesEmail};
use crate::question::{KeyPlace, Question};
use crate::wire::BadSettings;
use application::ports::declarations::Declaration;
use domain::workspace::account::AccountKind;
use http::Request;

pub(crate) const DECLARED: Declaration = Declaration {
    kind: AccountKind::DataProvider,
    secrets: &["api_key"],
    fields: &[],
    reports: false,
    brings_mail_with: None,
    by_grant: false,
    api_url: Some("https://api.zerobounce.net"),
    check: Declaration::anything_goes,
};

pub(crate) struct Zerobounce;

impl DataConnector for Zerobounce {
    fn request(
        &self,
        question: &Question,
        account: &DataAccount<'_>,
    ) -> Result<Request<Vec<u8>>, BadSettings> {
        question.request(account.base_url, "/v2", KeyPlace::Query("api_key", account.key.to_owned()))
    }

    fn verifies_email(&self) -> Option<&dyn VerifiesEmail> {
        Some(self)
    }
}

#[cfg(test)]
mod tests;
