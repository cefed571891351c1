//! Replies and bounces by SendGrid's Inbound Parse: a form, with the raw mail as `email` if "POST the raw, full MIME
//! message" is chosen. The password stands in the address that SendGrid was given.

mod webhook;

use crate::basic_auth;
use crate::inbound_email::translate;
use crate::reports::{Key, Reports};
use application::ports::provider_events::{Forged, ProviderEvent, Unreadable, Verified, WebhookRequest};
use domain::workspace::account::AccountSettings;
use jiff::Timestamp;

pub(crate) struct Sendgrid;

impl Reports for Sendgrid {
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
