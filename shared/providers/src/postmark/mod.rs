//! Replies and bounces by an inbound stream of Postmark: JSON, with the raw mail as `RawEmail` if the stream is set so. The
//! password stands in the address that Postmark was given.

mod webhook;

use crate::basic_auth;
use crate::inbound_email::translate;
use crate::reports::{Key, Reports};
use application::ports::provider_events::{Forged, ProviderEvent, Unreadable, Verified, WebhookRequest};
use domain::workspace::account::AccountSettings;
use jiff::Timestamp;

pub(crate) struct Postmark;

impl Reports for Postmark {
    fn verify(&self, request: &WebhookRequest, key: &Key<'_>, _: Timestamp) -> Result<Verified, Forged> {
        basic_auth::verify(request, key.of("signing_secret")?)?;
        webhook::read(request)
    }

    fn translate(&self, _: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        translate(payload)
    }
}

#[cfg(test)]
mod tests;
