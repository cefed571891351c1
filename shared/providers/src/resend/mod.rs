//! Sends mail through Resend's HTTP API, and reads its events: what became of our mails, and mail that it received.

mod receiving;
mod request;
mod response;
mod trial;
mod webhook;

use crate::accounts::{secret, wrong_kind};
use crate::reports::{Key, Reports};
use crate::sends::{Answered, Outgoing, Sends, Tries};
use crate::transport::Http;
use crate::{inbound_email, standard_webhooks};
use application::ports::declarations::Declaration;
use application::ports::provider_calls::{
    Accepted, CallError, KeyPromise, OpenAccount, SendError, SenderClass,
};
use application::ports::provider_events::{Forged, ProviderEvent, Unreadable, Verified, WebhookRequest};
use async_trait::async_trait;
use domain::workspace::account::{AccountKind, AccountSettings};
use http::Request;
use jiff::{SignedDuration, Timestamp};

pub(crate) const DECLARED: Declaration = Declaration {
    kind: AccountKind::Resend,
    secrets: &["api_key", "signing_secret"],
    fields: &[],
    reports: true,
    brings_mail_with: Some("signing_secret"),
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

#[async_trait]
impl Reports for Resend {
    fn verify(&self, request: &WebhookRequest, key: &Key<'_>, now: Timestamp) -> Result<Verified, Forged> {
        standard_webhooks::verify(request, key.of("signing_secret")?, now)
    }

    fn translate(&self, _: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        webhook::translate(payload)
    }

    fn announced_mail(&self, payload: &str) -> Option<String> {
        webhook::announced(payload)
    }

    async fn fetch(&self, http: &dyn Http, account: &OpenAccount, id: &str) -> Result<Vec<u8>, CallError> {
        receiving::fetch(http, account, id).await
    }

    fn translate_upload(
        &self,
        _: &AccountSettings,
        payload: &str,
        mail: &[u8],
    ) -> Result<Vec<ProviderEvent>, Unreadable> {
        let (from, to) = webhook::envelope(payload)?;
        Ok(vec![inbound_email::mail(mail, from, to)])
    }
}

#[cfg(test)]
mod tests;
