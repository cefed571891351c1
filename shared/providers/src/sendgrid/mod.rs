//! Replies and bounces by SendGrid's Inbound Parse, and its events: what became of mails that went out by SendGrid. A
//! received mail is a form, with the raw mail as `email` if "POST the raw, full MIME message" is chosen; events are a list
//! in JSON. Both are signed if the account has SendGrid's public keys, else the password stands in the address that
//! SendGrid was given.

mod event;
mod signature;
mod webhook;

use crate::basic_auth;
use crate::inbound_email;
use crate::reports::{Key, Reports};
use crate::transport::Http;
use application::ports::provider_calls::OpenAccount;
use application::ports::provider_events::{Forged, ProviderEvent, Unreadable, Verified, WebhookRequest};
use async_trait::async_trait;
use domain::workspace::account::AccountSettings;
use jiff::Timestamp;

pub(crate) struct Sendgrid;

#[async_trait]
impl Reports for Sendgrid {
    async fn verify_for(
        &self,
        _: &dyn Http,
        account: &OpenAccount,
        request: &WebhookRequest,
        now: Timestamp,
    ) -> Result<Verified, Forged> {
        match &account.settings {
            AccountSettings::InboundEmail { public_keys, .. } if !public_keys.is_empty() => {
                signature::verify(request, public_keys, now)?;
            }
            _ => basic_auth::verify(request, Key(&account.secret).of("signing_secret")?)?,
        }
        webhook::read(request)
    }

    fn translate(&self, _: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        match payload.trim_start().starts_with('[') {
            true => event::translate(payload),
            false => inbound_email::translate(payload),
        }
    }
}

#[cfg(test)]
mod tests;
