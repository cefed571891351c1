//! Replies and bounces by a route of Mailgun: a form, with the raw mail as `body-mime` if the route's address ends with
//! `mime`. Mailgun signs a time and a token, and not the mail, so a token is taken once.

mod webhook;

use crate::inbound_email::translate;
use crate::reports::{Key, Reports};
use application::ports::provider_events::{Forged, ProviderEvent, Unreadable, Verified, WebhookRequest};
use domain::workspace::account::AccountSettings;
use jiff::Timestamp;

pub(crate) struct Mailgun;

impl Reports for Mailgun {
    fn verify(&self, request: &WebhookRequest, key: &Key<'_>, now: Timestamp) -> Result<Verified, Forged> {
        webhook::verify(request, key.of("signing_secret")?, now)
    }

    fn is_signed_apart(&self) -> bool {
        true
    }

    fn translate(&self, _: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        translate(payload)
    }
}

#[cfg(test)]
mod tests;
