//! SMS through Twilio's Messages resource: `SmsSender`, status callbacks and inbound texts. Calls and their
//! prices through its Calls resource, and recordings through its Recordings resource.

pub(crate) mod call_prices;
pub(crate) mod calls;
mod error_code;
pub(crate) mod recordings;
mod request;
mod response;
mod status_query;
mod webhook;

use crate::accounts::{Unusable, secret, wrong_kind};
use crate::reports::{Key, Reports};
use crate::sends::{Answered, Asks, Outgoing, Sends, Tries};
use crate::trial::{by_status, words_in};
use crate::wire::get;
use application::ports::declarations::Declaration;
use application::ports::provider_calls::{
    Accepted, CallError, OpenAccount, ProviderRecord, SendError, SenderClass, StatusQuery, TrialError,
};
use application::ports::provider_events::{
    Forged, ProviderEvent, Unreadable, Verified, WebhookAnswer, WebhookRequest,
};
use domain::workspace::account::{AccountKind, AccountSettings};
use http::{Request, Response};
use jiff::Timestamp;
pub(crate) use response::outcome;

pub(crate) const DECLARED: Declaration = Declaration {
    kind: AccountKind::Twilio,
    secrets: &["auth_token"],
    fields: &[],
    reports: true,
    brings_mail_with: None,
    by_grant: false,
    api_url: Some("https://api.twilio.com"),
    check,
};

fn check(settings: &mut AccountSettings) -> Result<(), (&'static str, &'static str)> {
    let AccountSettings::Twilio { account_sid, .. } = settings else { return Ok(()) };
    *account_sid = account_sid.trim().to_owned();
    let hex = |text: &str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let is_sid = account_sid.strip_prefix("AC").is_some_and(hex);
    is_sid.then_some(()).ok_or(("account_sid", "is AC and 32 hexadecimal digits"))
}

pub(crate) struct Twilio;

impl Sends for Twilio {
    /// Twilio honours no idempotency key, but lists what was sent.
    fn class(&self) -> SenderClass {
        SenderClass { status_query: true, ..SenderClass::PROMISES_NOTHING }
    }

    fn request(&self, account: &OpenAccount, outgoing: Outgoing<'_>) -> Result<Request<Vec<u8>>, SendError> {
        let (AccountSettings::Twilio { base_url, account_sid, from_number, .. }, Outgoing::Sms(sms)) =
            (&account.settings, outgoing)
        else {
            return Err(wrong_kind(account).into());
        };
        request::within_length(&sms.text)?;
        let token = secret(account, "auth_token")?;
        Ok(request::message(base_url, account_sid, token, from_number, sms).map_err(Unusable::from)?)
    }

    fn outcome(&self, answer: Answered, recipient: &str) -> Result<Accepted, SendError> {
        outcome(answer, recipient)
    }

    fn query(&self) -> Option<&dyn Asks> {
        Some(self)
    }

    fn trial(&self) -> Option<&dyn Tries> {
        Some(self)
    }
}

/// Tests the account by asking for its latest message, which needs the same login as sending one.
impl Tries for Twilio {
    fn question(&self, account: &OpenAccount) -> Result<Request<Vec<u8>>, Unusable> {
        let AccountSettings::Twilio { base_url, account_sid, .. } = &account.settings else {
            return Err(wrong_kind(account));
        };
        let (url, login) = request::resource(base_url, account_sid, secret(account, "auth_token")?)?;
        Ok(get(&format!("{url}?PageSize=1"), Some(login))?)
    }

    fn verdict(&self, _: &OpenAccount, answer: &Response<Vec<u8>>) -> Result<(), TrialError> {
        by_status(answer.status(), &words_in(answer, "/message"))
    }
}

impl Asks for Twilio {
    fn question(&self, account: &OpenAccount, sought: &StatusQuery) -> Result<Request<Vec<u8>>, CallError> {
        let AccountSettings::Twilio { base_url, account_sid, from_number, .. } = &account.settings else {
            return Err(wrong_kind(account).into());
        };
        let token = secret(account, "auth_token")?;
        let request = status_query::messages(base_url, account_sid, token, from_number, sought);
        Ok(request.map_err(Unusable::from)?)
    }

    fn seen(&self, answer: Answered, sought: &StatusQuery) -> Result<Option<ProviderRecord>, CallError> {
        status_query::seen(answer, sought)
    }
}

impl Reports for Twilio {
    fn account(&self, request: &WebhookRequest) -> Option<String> {
        webhook::account(request)
    }

    fn verify(&self, request: &WebhookRequest, key: &Key<'_>, _: Timestamp) -> Result<Verified, Forged> {
        webhook::verify(request, key.of("auth_token")?)
    }

    fn translate(&self, _: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        webhook::translate(payload)
    }

    /// Answers a webhook. Twilio reads instructions from the body: there are none.
    fn answer(&self) -> WebhookAnswer {
        let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";
        WebhookAnswer { content_type: "text/xml; charset=utf-8", body }
    }
}

#[cfg(test)]
mod tests;
