//! `WebhookReader`: finds the provider that reports, which verifies and translates.

use crate::accounts::wrong_kind;
use crate::reports::{Key, wrong_settings};
use crate::{Providers, inbound_email, registry};
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{CallError, OpenAccount};
use application::ports::provider_events::{
    Forged, InboundEmail, ProviderEvent, Unreadable, Verified, WebhookAnswer, WebhookReader, WebhookRequest,
};
use async_trait::async_trait;
use domain::workspace::account::{AccountSettings, webhook_word};
use jiff::Timestamp;

/// The tolerance for a signature's time: an older one, or one from the future, may be a replay.
const TOLERANCE_SECONDS: i64 = 300;

/// Checks a signature's time. `sent` holds seconds since 1970, as the provider wrote them into what it signed.
pub(crate) fn sent_lately(sent: &str, now: Timestamp) -> Result<(), Forged> {
    let sent: i64 = sent.parse().map_err(|_| Forged::OutsideTolerance)?;
    let apart = now.as_second().saturating_sub(sent).saturating_abs();
    if apart > TOLERANCE_SECONDS { Err(Forged::OutsideTolerance) } else { Ok(()) }
}

#[async_trait]
impl WebhookReader for Providers {
    fn provider_at(&self, word: &str) -> Option<&'static str> {
        registry::reporting().find(|provider| webhook_word(provider) == word)
    }

    fn account_hint(&self, provider: &str, request: &WebhookRequest) -> Option<String> {
        registry::reporter(provider)?.account(request)
    }

    async fn verify(
        &self,
        account: &OpenAccount,
        request: &WebhookRequest,
        now: Timestamp,
    ) -> Result<Verified, Forged> {
        let reporter = registry::reporter(account.settings.provider()).ok_or(Forged::Mismatch)?;
        reporter.verify_for(&*self.http, account, request, now).await
    }

    async fn subscribe(&self, account: &OpenAccount, verified: &Verified) -> Result<bool, CallError> {
        let reporter = registry::reporter(account.settings.provider()).ok_or_else(|| wrong_kind(account))?;
        reporter.subscribe(&*self.http, account, verified).await
    }

    fn confirm(&self, provider: &str, request: &WebhookRequest, secret: &SecretFields) -> Option<String> {
        registry::reporter(provider)?.confirm(request, &Key(secret))
    }

    fn is_signed_apart(&self, provider: &str) -> bool {
        registry::reporter(provider).is_some_and(|reporter| reporter.is_signed_apart())
    }

    fn answer(&self, provider: &str) -> WebhookAnswer {
        registry::reporter(provider).map_or(WebhookAnswer::RECEIVED, |reporter| reporter.answer())
    }

    fn translate(&self, settings: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        let reporter = registry::reporter(settings.provider()).ok_or_else(|| wrong_settings(settings))?;
        reporter.translate(settings, payload)
    }

    fn read_mail(&self, raw: &[u8]) -> InboundEmail {
        inbound_email::read(raw)
    }

    fn upload_asked(&self, provider: &str, payload: &str) -> Option<u64> {
        registry::reporter(provider)?.upload_asked(payload)
    }

    fn upload_named(&self, settings: &AccountSettings, payload: &str) -> Option<String> {
        registry::reporter(settings.provider())?.upload_named(payload)
    }

    fn mail_in_folder(&self, settings: &AccountSettings, payload: &str) -> Option<String> {
        registry::reporter(settings.provider())?.mail_in_folder(payload)
    }

    fn announced_mail(&self, settings: &AccountSettings, payload: &str) -> Option<String> {
        registry::reporter(settings.provider())?.announced_mail(payload)
    }

    async fn fetch_announced(&self, account: &OpenAccount, id: &str) -> Result<Vec<u8>, CallError> {
        let reporter = registry::reporter(account.settings.provider()).ok_or_else(|| wrong_kind(account))?;
        reporter.fetch(&*self.http, account, id).await
    }

    fn translate_upload(
        &self,
        settings: &AccountSettings,
        payload: &str,
        uploaded: &[u8],
    ) -> Result<Vec<ProviderEvent>, Unreadable> {
        let reporter = registry::reporter(settings.provider()).ok_or_else(|| wrong_settings(settings))?;
        reporter.translate_upload(settings, payload, uploaded)
    }
}
