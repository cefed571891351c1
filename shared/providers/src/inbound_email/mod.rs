//! Replies and bounces: raw MIME in JSON, `{"type":"email.received","data":{"from","to":[],"raw_base64"}}`, signed as
//! Standard Webhooks. Reports after RFC 3464 come this way too.

mod mime;
mod report;
mod webhook;

use crate::reports::{Key, Reports};
use crate::standard_webhooks;
use application::provider_events::{Forged, ProviderEvent, Unreadable, Verified, WebhookRequest};
use domain::connection::ConnectionSettings;
use jiff::Timestamp;

pub(crate) struct InboundEmail;

impl Reports for InboundEmail {
    fn account(&self, request: &WebhookRequest) -> Option<String> {
        webhook::account(request)
    }

    fn verify(&self, request: &WebhookRequest, key: &Key<'_>, now: Timestamp) -> Result<Verified, Forged> {
        standard_webhooks::verify(request, key.of("signing_secret")?, now)
    }

    fn translate(&self, _: &ConnectionSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        webhook::translate(payload)
    }
}

#[cfg(test)]
mod tests;
