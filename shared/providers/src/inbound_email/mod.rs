//! Replies and bounces: raw MIME in JSON, `{"type":"email.received","data":{"from","to":[],"raw_base64"}}`, signed as
//! Standard Webhooks. A mail that is too large is uploaded to the bucket first, and named as `upload`. Delivery
//! reports (RFC 3464) come this way, too.

mod mime;
mod webhook;

use crate::reports::{Key, Reports};
use crate::standard_webhooks;
use application::ports::provider_events::{Forged, ProviderEvent, Unreadable, Verified, WebhookRequest};
use domain::workspace::account::AccountSettings;
use jiff::Timestamp;

pub(crate) use webhook::{mail, payload, translate};

pub(crate) struct InboundEmail;

impl Reports for InboundEmail {
    fn account(&self, request: &WebhookRequest) -> Option<String> {
        webhook::account(request)
    }

    fn verify(&self, request: &WebhookRequest, key: &Key<'_>, now: Timestamp) -> Result<Verified, Forged> {
        standard_webhooks::verify(request, key.of("signing_secret")?, now)
    }

    fn translate(&self, _: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        webhook::translate(payload)
    }

    fn upload_asked(&self, payload: &str) -> Option<u64> {
        webhook::upload_asked(payload)
    }

    fn upload_named(&self, payload: &str) -> Option<String> {
        webhook::upload_named(payload)
    }

    fn translate_upload(
        &self,
        _: &AccountSettings,
        payload: &str,
        uploaded: &[u8],
    ) -> Result<Vec<ProviderEvent>, Unreadable> {
        webhook::translate_upload(payload, uploaded)
    }
}

/// Reads a mail that lies in its recipient's mailbox, without an envelope.
pub(crate) fn read(raw: &[u8]) -> application::ports::provider_events::InboundEmail {
    mime::read(raw, None, Vec::new())
}

#[cfg(test)]
mod tests;
