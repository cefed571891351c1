//! `MailSender` through Resend's HTTP API.

mod request;
mod response;
mod trial;

use crate::accounts::{secret, wrong_kind};
use crate::reports::Reports;
use crate::sends::{Answered, Outgoing, Sends, Tries};
use application::ports::declarations::Declaration;
use application::ports::provider_calls::{Accepted, KeyPromise, OpenAccount, SendError, SenderClass};
use domain::workspace::account::{AccountKind, AccountSettings};
use http::Request;
use jiff::SignedDuration;

pub(crate) const DECLARED: Declaration = Declaration {
    kind: AccountKind::Resend,
    secrets: &["api_key"],
    fields: &[],
    reports: false,
    by_grant: false,
    api_url: Some("https://api.resend.com"),
    check: Declaration::anything_goes,
};

/// The window of the idempotency key. Resend forgets it after 24 hours; an hour before that it is no longer relied
/// on.
const WINDOW: SignedDuration = SignedDuration::from_hours(23);

const CLASS: SenderClass = SenderClass {
    key: Some(KeyPromise { window: WINDOW, identical_body: true }),
    own_message_id: true,
    ..SenderClass::PROMISES_NOTHING
};

pub(crate) struct Resend;

impl Sends for Resend {
    fn class(&self) -> SenderClass {
        CLASS
    }

    fn request(&self, account: &OpenAccount, outgoing: Outgoing<'_>) -> Result<Request<Vec<u8>>, SendError> {
        let (AccountSettings::Resend { base_url, .. }, Outgoing::Mail(mail)) = (&account.settings, outgoing)
        else {
            return Err(wrong_kind(account).into());
        };
        request::email(base_url, secret(account, "api_key")?, mail)
    }

    fn outcome(&self, answer: Answered, recipient: &str) -> Result<Accepted, SendError> {
        response::outcome(answer, recipient)
    }

    fn trial(&self) -> Option<&dyn Tries> {
        Some(self)
    }
}

impl Reports for Resend {}

#[cfg(test)]
mod tests;
