//! Stripe's events: customers, payments and subscriptions. Stripe is never called; it only reports.

mod dispute;
mod event;
mod minor_units;
mod monthly;
mod subscription;
mod webhook;

use crate::reports::{Key, Reports, wrong_settings};
use application::ports::provider_events::{Forged, ProviderEvent, Unreadable, Verified, WebhookRequest};
use domain::workspace::account::AccountSettings;
use jiff::Timestamp;

pub(crate) struct Stripe;

impl Reports for Stripe {
    fn account(&self, request: &WebhookRequest) -> Option<String> {
        webhook::account(request)
    }

    fn verify(&self, request: &WebhookRequest, key: &Key<'_>, now: Timestamp) -> Result<Verified, Forged> {
        webhook::verify(request, key.of("signing_secret")?, now)
    }

    fn translate(&self, settings: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        let AccountSettings::Stripe { livemode, .. } = settings else {
            return Err(wrong_settings(settings));
        };
        event::translate(*livemode, payload)
    }
}

#[cfg(test)]
mod tests;
