//! The folder of one sender: what it is, what it promises, and what it reports.

mod error_code;
mod request;
mod response;
mod webhook;

use crate::reports::{Key, Reports};
use crate::sends::{Answered, Outgoing, Sends};
use application::ports::declarations::Declaration;
use application::ports::provider_calls::{Accepted, OpenAccount, SendError, SenderClass};
use application::ports::provider_events::{Forged, ProviderEvent, Unreadable, Verified, WebhookRequest};
use domain::workspace::account::AccountSettings;
use http::Request;
use jiff::Timestamp;

pub(crate) const DECLARED: Declaration = Declaration {
    kind: request::KIND,
    secrets: &["api_key", "webhook_secret"],
    fields: &[],
    reports: true,
    brings_mail_with: None,
    by_grant: false,
    api_url: None,
    check: Declaration::anything_goes,
};

pub(crate) struct Newcomer;

impl Sends for Newcomer {
    fn class(&self) -> SenderClass {
        request::CLASS
    }

    fn request(&self, account: &OpenAccount, outgoing: Outgoing<'_>) -> Result<Request<Vec<u8>>, SendError> {
        request::message(account, outgoing)
    }

    fn outcome(&self, answer: Answered, recipient: &str) -> Result<Accepted, SendError> {
        response::outcome(answer, recipient)
    }
}

impl Reports for Newcomer {
    fn account(&self, request: &WebhookRequest) -> Option<String> {
        webhook::account(request)
    }

    fn verify(&self, request: &WebhookRequest, key: &Key<'_>, now: Timestamp) -> Result<Verified, Forged> {
        webhook::verify(request, key.of("webhook_secret")?, now)
    }

    fn translate(&self, _: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        webhook::translate(payload)
    }
}

#[cfg(test)]
mod tests;
