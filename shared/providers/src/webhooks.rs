//! `WebhookReader`: the connection's kind chooses who verifies and translates.

use crate::accounts::Unusable;
use crate::{Providers, inbound_email, stripe, twilio, whatsapp};
use application::connections::SecretFields;
use application::provider_events::{
    Forged, ProviderEvent, Unreadable, Verified, WebhookReader, WebhookRequest,
};
use domain::connection::{ConnectionKind, ConnectionSettings};
use jiff::Timestamp;

/// An older signature, or one from the future, may be a repeat by somebody who listened.
const TOLERANCE_SECONDS: i64 = 300;

/// `sent`: seconds since 1970, as the provider wrote them into what it signed.
pub(crate) fn sent_lately(sent: &str, now: Timestamp) -> Result<(), Forged> {
    let sent: i64 = sent.parse().map_err(|_| Forged::OutsideTolerance)?;
    let apart = now.as_second().saturating_sub(sent).saturating_abs();
    if apart > TOLERANCE_SECONDS { Err(Forged::OutsideTolerance) } else { Ok(()) }
}

impl WebhookReader for Providers {
    fn account_hint(&self, kind: ConnectionKind, request: &WebhookRequest) -> Option<String> {
        match kind {
            ConnectionKind::Twilio => twilio::webhook::account(request),
            ConnectionKind::Whatsapp => whatsapp::webhook::account(request),
            ConnectionKind::Stripe => stripe::account(request),
            ConnectionKind::InboundEmail => inbound_email::account(request),
            ConnectionKind::Smtp
            | ConnectionKind::Resend
            | ConnectionKind::ChatModel
            | ConnectionKind::SerpApi
            | ConnectionKind::Hunter => None,
        }
    }

    fn verify(
        &self,
        kind: ConnectionKind,
        request: &WebhookRequest,
        secret: &SecretFields,
        now: Timestamp,
    ) -> Result<Verified, Forged> {
        // Without its secret nothing can be told from a forgery.
        let key = |field| secret.get(field).filter(|text| !text.is_empty()).ok_or(Forged::Mismatch);
        match kind {
            ConnectionKind::Twilio => twilio::webhook::verify(request, key("auth_token")?),
            ConnectionKind::Whatsapp => whatsapp::webhook::verify(request, key("app_secret")?),
            ConnectionKind::Stripe => stripe::verify(request, key("signing_secret")?, now),
            ConnectionKind::InboundEmail => inbound_email::verify(request, key("signing_secret")?, now),
            ConnectionKind::Smtp
            | ConnectionKind::Resend
            | ConnectionKind::ChatModel
            | ConnectionKind::SerpApi
            | ConnectionKind::Hunter => Err(Forged::Mismatch),
        }
    }

    fn confirm(
        &self,
        kind: ConnectionKind,
        request: &WebhookRequest,
        secret: &SecretFields,
    ) -> Option<String> {
        let token = secret.get("verify_token").filter(|token| !token.is_empty())?;
        (kind == ConnectionKind::Whatsapp).then(|| whatsapp::webhook::confirm(request, token))?
    }

    fn translate(
        &self,
        settings: &ConnectionSettings,
        payload: &str,
    ) -> Result<Vec<ProviderEvent>, Unreadable> {
        match settings {
            ConnectionSettings::Twilio { .. } => twilio::webhook::translate(payload),
            ConnectionSettings::Whatsapp { phone_number_id, .. } => {
                whatsapp::webhook::translate(phone_number_id, payload)
            }
            ConnectionSettings::Stripe { livemode, .. } => stripe::translate(*livemode, payload),
            ConnectionSettings::InboundEmail { .. } => inbound_email::translate(payload),
            other @ (ConnectionSettings::Smtp { .. }
            | ConnectionSettings::Resend { .. }
            | ConnectionSettings::ChatModel { .. }
            | ConnectionSettings::SerpApi { .. }
            | ConnectionSettings::Hunter { .. }) => {
                Err(Unreadable(Unusable::WrongKind(other.kind()).to_string()))
            }
        }
    }
}
