//! What a folder gives of webhooks: whose they are, whether they are true, and what they say. All of it is pure.

use application::ports::accounts::SecretFields;
use application::ports::provider_events::{
    Forged, ProviderEvent, Unreadable, Verified, WebhookAnswer, WebhookRequest,
};
use domain::workspace::account::ConnectionSettings;
use jiff::Timestamp;

/// As the port `WebhookReader`, of one provider. Whoever reports nothing leaves all of it as it is.
pub(crate) trait Reports: Sync {
    /// The account that the payload names.
    fn account(&self, _request: &WebhookRequest) -> Option<String> {
        None
    }

    /// `key` gives a field of the account's secret; without it nothing can be told from a forgery.
    fn verify(&self, _request: &WebhookRequest, _key: &Key<'_>, _now: Timestamp) -> Result<Verified, Forged> {
        Err(Forged::Mismatch)
    }

    /// Answers a provider that asks whether an address is ours.
    fn confirm(&self, _request: &WebhookRequest, _key: &Key<'_>) -> Option<String> {
        None
    }

    fn translate(
        &self,
        settings: &ConnectionSettings,
        _payload: &str,
    ) -> Result<Vec<ProviderEvent>, Unreadable> {
        Err(wrong_settings(settings))
    }

    /// How many bytes somebody wants to put into the bucket, who asks for that.
    fn upload_asked(&self, _payload: &str) -> Option<u64> {
        None
    }

    /// The upload that a payload names.
    fn upload_named(&self, _payload: &str) -> Option<String> {
        None
    }

    fn translate_upload(
        &self,
        settings: &ConnectionSettings,
        _payload: &str,
        _uploaded: &[u8],
    ) -> Result<Vec<ProviderEvent>, Unreadable> {
        Err(wrong_settings(settings))
    }

    fn answer(&self) -> WebhookAnswer {
        WebhookAnswer::RECEIVED
    }
}

/// The account's secret, of which no field is empty.
pub(crate) struct Key<'a>(pub &'a SecretFields);

impl<'a> Key<'a> {
    pub fn of(&self, field: &str) -> Result<&'a str, Forged> {
        self.0.get(field).filter(|text| !text.is_empty()).ok_or(Forged::Mismatch)
    }
}

pub(crate) fn wrong_settings(settings: &ConnectionSettings) -> Unreadable {
    Unreadable(crate::accounts::Unusable::WrongKind(settings.kind()).to_string())
}
