//! WhatsApp through Meta's Cloud API: `WhatsappSender`, status reports and inbound messages.

mod error_code;
mod inbound;
mod request;
mod response;
mod webhook;

use crate::accounts::{Unusable, secret, wrong_kind};
use crate::reports::{Key, Reports, wrong_settings};
use crate::sends::{Answered, Outgoing, Sends, Tries};
use crate::trial::{by_status, failed, words_in};
use application::ports::declarations::Declaration;
use application::ports::provider_calls::{Accepted, OpenAccount, SendError, SenderClass, TrialError};
use application::ports::provider_events::{Forged, ProviderEvent, Unreadable, Verified, WebhookRequest};
use domain::workspace::account::{AccountKind, AccountSettings};
use domain::workspace::account_fault::AccountFault;
use http::{Request, Response, StatusCode};
use jiff::Timestamp;

pub(crate) const DECLARED: Declaration = Declaration {
    kind: AccountKind::Whatsapp,
    secrets: &["access_token", "app_secret", "verify_token"],
    fields: &[],
    reports: true,
    brings_mail_with: None,
    by_grant: false,
    api_url: Some("https://graph.facebook.com/v23.0"),
    check,
};

fn check(settings: &mut AccountSettings) -> Result<(), (&'static str, &'static str)> {
    let AccountSettings::Whatsapp { phone_number_id, .. } = settings else { return Ok(()) };
    *phone_number_id = phone_number_id.trim().to_owned();
    let is_id =
        (1..=32).contains(&phone_number_id.len()) && phone_number_id.bytes().all(|b| b.is_ascii_digit());
    is_id.then_some(()).ok_or(("phone_number_id", "is the number's id in the app's console: digits only"))
}

pub(crate) struct Whatsapp;

impl Sends for Whatsapp {
    /// WhatsApp honours no idempotency key, and cannot be asked for what was sent: a lost answer waits for the report
    /// that carries our tag.
    fn class(&self) -> SenderClass {
        SenderClass::PROMISES_NOTHING
    }

    fn request(&self, account: &OpenAccount, outgoing: Outgoing<'_>) -> Result<Request<Vec<u8>>, SendError> {
        let (AccountSettings::Whatsapp { base_url, phone_number_id, .. }, Outgoing::Whatsapp(message)) =
            (&account.settings, outgoing)
        else {
            return Err(wrong_kind(account).into());
        };
        let token = secret(account, "access_token")?;
        Ok(request::message(base_url, phone_number_id, token, message).map_err(Unusable::from)?)
    }

    fn outcome(&self, answer: Answered, recipient: &str) -> Result<Accepted, SendError> {
        response::outcome(answer, recipient)
    }

    fn trial(&self) -> Option<&dyn Tries> {
        Some(self)
    }
}

/// Tests the account by asking for its number, which needs the same token as sending.
impl Tries for Whatsapp {
    fn question(&self, account: &OpenAccount) -> Result<Request<Vec<u8>>, Unusable> {
        let AccountSettings::Whatsapp { base_url, phone_number_id, .. } = &account.settings else {
            return Err(wrong_kind(account));
        };
        Ok(request::number(base_url, phone_number_id, secret(account, "access_token")?)?)
    }

    fn verdict(&self, _: &OpenAccount, answer: &Response<Vec<u8>>) -> Result<(), TrialError> {
        let words = words_in(answer, "/error/message");
        // An expired token comes with another status, too.
        let is_login = serde_json::from_slice::<serde_json::Value>(answer.body())
            .is_ok_and(|told| told["error"]["code"] == 190);
        match by_status(answer.status(), &words) {
            Err(TrialError::Failed { detail, .. })
                if is_login && answer.status() != StatusCode::TOO_MANY_REQUESTS =>
            {
                Err(failed(AccountFault::LoginRefused, detail))
            }
            other => other,
        }
    }
}

impl Reports for Whatsapp {
    fn account(&self, request: &WebhookRequest) -> Option<String> {
        webhook::account(request)
    }

    fn verify(&self, request: &WebhookRequest, key: &Key<'_>, _: Timestamp) -> Result<Verified, Forged> {
        webhook::verify(request, key.of("app_secret")?)
    }

    fn confirm(&self, request: &WebhookRequest, key: &Key<'_>) -> Option<String> {
        webhook::confirm(request, key.of("verify_token").ok()?)
    }

    fn translate(&self, settings: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        let AccountSettings::Whatsapp { phone_number_id, .. } = settings else {
            return Err(wrong_settings(settings));
        };
        webhook::translate(phone_number_id, payload)
    }
}

#[cfg(test)]
mod tests;
