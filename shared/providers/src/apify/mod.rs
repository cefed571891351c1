//! Apify: runs actors, which are programs of its marketplace, such as scrapers.

mod request;
mod response;

use crate::data_connectors::{DataAccount, DataConnector, RunState, RunsActors};
use crate::question::{KeyPlace, Question};
use crate::wire::{BadSettings, authorization};
use application::ports::declarations::Declaration;
use application::ports::provider_calls::CallError;
use domain::workspace::account::AccountKind;
use http::{Request, Response};

pub(crate) const DECLARED: Declaration = Declaration {
    kind: AccountKind::DataProvider,
    secrets: &["api_key"],
    fields: &[],
    reports: false,
    brings_mail_with: None,
    by_grant: false,
    api_url: Some("https://api.apify.com"),
    check: Declaration::anything_goes,
};

pub(crate) struct Apify;

impl DataConnector for Apify {
    fn request(
        &self,
        question: &Question,
        account: &DataAccount<'_>,
    ) -> Result<Request<Vec<u8>>, BadSettings> {
        let (name, value) = authorization(&format!("Bearer {}", account.key))?;
        question.request(account.base_url, "/v2", KeyPlace::Header(name, value))
    }

    fn runs_actors(&self) -> Option<&dyn RunsActors> {
        Some(self)
    }
}

impl RunsActors for Apify {
    fn start(&self, actor: &str, input: &str) -> Result<Question, String> {
        request::start(actor, input)
    }

    fn started(&self, response: &Response<Vec<u8>>) -> Result<String, CallError> {
        response::started(response)
    }

    fn status(&self, run: &str) -> Result<Question, String> {
        request::status(run)
    }

    fn run(&self, response: &Response<Vec<u8>>) -> Result<RunState, CallError> {
        response::run(response)
    }

    fn items(&self, response: &Response<Vec<u8>>) -> Result<String, CallError> {
        response::items(response)
    }
}

#[cfg(test)]
mod tests;
