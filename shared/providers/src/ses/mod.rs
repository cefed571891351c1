//! Amazon SES through a topic of Amazon SNS: received mail, and what became of mails that went out by SES. SNS signs what
//! it delivers with a certificate of its own, and asks once whether the address wants the topic's messages.

mod certificate;
mod event;
mod notice;
mod sns;

use crate::inbound_email::mail;
use crate::reports::Reports;
use crate::transport::Http;
use application::ports::provider_calls::{CallError, OpenAccount};
use application::ports::provider_events::{Forged, ProviderEvent, Unreadable, Verified, WebhookRequest};
use async_trait::async_trait;
use domain::workspace::account::AccountSettings;
use domain::workspace::topic_arn::TopicArn;
use jiff::Timestamp;

pub(crate) use event::class_of_bounce;

pub(crate) struct Ses;

#[async_trait]
impl Reports for Ses {
    async fn verify_for(
        &self,
        http: &dyn Http,
        account: &OpenAccount,
        request: &WebhookRequest,
        now: Timestamp,
    ) -> Result<Verified, Forged> {
        sns::verify(http, topic_of(&account.settings).ok_or(Forged::Mismatch)?, request, now).await
    }

    async fn subscribe(
        &self,
        http: &dyn Http,
        account: &OpenAccount,
        verified: &Verified,
    ) -> Result<bool, CallError> {
        let Some(token) = sns::asked_to_confirm(&verified.payload) else { return Ok(false) };
        let no_topic = || CallError::Account("the account has no topic".to_owned());
        sns::confirm(http, topic_of(&account.settings).ok_or_else(no_topic)?, &token).await?;
        Ok(true)
    }

    fn translate(&self, _: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        event::translate(payload)
    }

    fn mail_in_folder(&self, payload: &str) -> Option<String> {
        notice::read(payload).ok()??.object_key()
    }

    fn translate_upload(
        &self,
        _: &AccountSettings,
        payload: &str,
        raw: &[u8],
    ) -> Result<Vec<ProviderEvent>, Unreadable> {
        let Some(notice) = notice::read(payload)? else { return Ok(Vec::new()) };
        let (from, to) = notice.envelope();
        Ok(vec![mail(raw, from, to)])
    }
}

fn topic_of(settings: &AccountSettings) -> Option<&TopicArn> {
    match settings {
        AccountSettings::InboundEmail { topic_arn, .. } => topic_arn.as_ref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
