//! `/api/webhooks/*`: webhooks of providers. Each is verified over its raw bytes, stored, enqueued, then
//! answered.

mod account;
mod answer;
mod begin_upload;
mod confirm_webhook;
mod floods;
mod receive;
mod receive_account_webhook;
mod receive_call_report;
mod receive_mailbox_notice;
mod receive_mime_webhook;
mod receive_webhook;
#[cfg(test)]
mod tests;

use application::Clock;
use application::identity::stage_keys::StageKeys;
use application::ports::accounts::{AccountStore, Vault};
use application::ports::blobs::Blobs;
use application::ports::calls::CallPlacer;
use application::ports::mailbox_push::MailboxPush;
use application::ports::mailbox_readings::MailboxReadingStore;
use application::ports::outbox::Outbox;
use application::ports::provider_events::WebhookReader;
use application::ports::rate_limits::RateLimitStore;
use application::tasks::hear_call::HearPorts;
use http_api::Access::Signed;
use http_api::{Routes, routes};
use std::sync::Arc;

/// The largest request that Lambda passes on; nothing inbound is refused for its size below that. A larger
/// mail is uploaded.
const LARGEST: usize = 6 * 1024 * 1024;

application::ports! {
    pub struct App {
        accounts: Arc<dyn AccountStore>,
        vault: Arc<dyn Vault>,
        webhooks: Arc<dyn WebhookReader>,
        mailbox_push: Arc<dyn MailboxPush>,
        mailbox_readings: Arc<dyn MailboxReadingStore>,
        blobs: Arc<dyn Blobs>,
        limits: Arc<dyn RateLimitStore>,
        outbox: Arc<dyn Outbox>,
        call_placer: Arc<dyn CallPlacer>,
        hearing: HearPorts = HearPorts::new,
        floods: floods::Floods = floods::Floods::new,
        clock: Arc<dyn Clock>,
        keys: Arc<StageKeys>,
        public_url: Arc<str>,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .add_with_limit(Signed, LARGEST, routes!(receive_webhook::receive_webhook))
        .add_with_limit(Signed, LARGEST, routes!(receive_account_webhook::receive_account_webhook))
        .add_with_limit(Signed, LARGEST, routes!(receive_mime_webhook::receive_mime_webhook))
        .add(Signed, routes!(receive_call_report::receive_call_report))
        .add(Signed, routes!(confirm_webhook::confirm_webhook))
        .add(Signed, routes!(begin_upload::begin_upload))
        .add(Signed, routes!(receive_mailbox_notice::receive_mailbox_notice))
}
