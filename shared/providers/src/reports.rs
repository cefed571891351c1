//! A folder's part in webhooks: which account they belong to, whether they are genuine, and which events they hold.
//! All of it is pure but for what lies at the provider: a key, a subscription, a mail.

use crate::accounts::wrong_kind;
use crate::transport::Http;
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{CallError, OpenAccount};
use application::ports::provider_events::{
    Forged, ProviderEvent, Unreadable, Verified, WebhookAnswer, WebhookRequest,
};
use async_trait::async_trait;
use domain::workspace::account::AccountSettings;
use jiff::Timestamp;

/// The port `WebhookReader` for one provider. A provider without webhooks keeps the defaults.
#[async_trait]
pub(crate) trait Reports: Sync {
    /// Returns the account that the payload names.
    fn account(&self, _request: &WebhookRequest) -> Option<String> {
        None
    }

    /// Verifies a webhook. `key` returns a field of the account's secret; without it a forged webhook cannot
    /// be recognised.
    fn verify(&self, _request: &WebhookRequest, _key: &Key<'_>, _now: Timestamp) -> Result<Verified, Forged> {
        Err(Forged::Mismatch)
    }

    /// Verifies a webhook for an account. By default its secret is all it takes; a provider whose key stands in the settings
    /// or lies at the provider has its own.
    async fn verify_for(
        &self,
        _http: &dyn Http,
        account: &OpenAccount,
        request: &WebhookRequest,
        now: Timestamp,
    ) -> Result<Verified, Forged> {
        self.verify(request, &Key(&account.secret), now)
    }

    /// Does what a verified webhook asks for before the provider sends anything. Returns whether that was all.
    async fn subscribe(
        &self,
        _http: &dyn Http,
        _account: &OpenAccount,
        _verified: &Verified,
    ) -> Result<bool, CallError> {
        Ok(false)
    }

    /// Answers a provider that asks whether an address is ours.
    fn confirm(&self, _request: &WebhookRequest, _key: &Key<'_>) -> Option<String> {
        None
    }

    fn translate(
        &self,
        settings: &AccountSettings,
        _payload: &str,
    ) -> Result<Vec<ProviderEvent>, Unreadable> {
        Err(wrong_settings(settings))
    }

    /// Returns the size in bytes of an upload that the payload asks for.
    fn upload_asked(&self, _payload: &str) -> Option<u64> {
        None
    }

    /// Returns the name of the upload that a payload refers to.
    fn upload_named(&self, _payload: &str) -> Option<String> {
        None
    }

    fn translate_upload(
        &self,
        settings: &AccountSettings,
        _payload: &str,
        _uploaded: &[u8],
    ) -> Result<Vec<ProviderEvent>, Unreadable> {
        Err(wrong_settings(settings))
    }

    /// Returns the key of a mail that the provider itself has put into the bucket. `translate_upload` translates it.
    fn mail_in_folder(&self, _payload: &str) -> Option<String> {
        None
    }

    /// Returns the id of a mail that the payload announces and does not hold. `fetch` reads it, and `translate_upload`
    /// translates it.
    fn announced_mail(&self, _payload: &str) -> Option<String> {
        None
    }

    /// Fetches a mail that was announced.
    async fn fetch(&self, _http: &dyn Http, account: &OpenAccount, _id: &str) -> Result<Vec<u8>, CallError> {
        Err(wrong_kind(account).into())
    }

    /// Whether the signature covers an id alone and not the body, so that each id is taken with one body only.
    fn is_signed_apart(&self) -> bool {
        false
    }

    fn answer(&self) -> WebhookAnswer {
        WebhookAnswer::RECEIVED
    }
}

/// The account's secret; an empty field counts as missing.
pub(crate) struct Key<'a>(pub &'a SecretFields);

impl<'a> Key<'a> {
    pub fn of(&self, field: &str) -> Result<&'a str, Forged> {
        self.0.get(field).filter(|text| !text.is_empty()).ok_or(Forged::Mismatch)
    }
}

pub(crate) fn wrong_settings(settings: &AccountSettings) -> Unreadable {
    Unreadable(crate::accounts::Unusable::WrongKind(settings.kind()).to_string())
}
