//! Notices that a mailbox sends when mail arrives, so that it is read at once and not at the next poll. A notice says
//! only that something is new; the poll finds out what. Notices get lost, so polls go on.

use crate::ports::provider_calls::{CallError, OpenAccount};
use crate::ports::provider_events::{Forged, WebhookRequest};
use async_trait::async_trait;
use domain::workspace::account::AccountSettings;
use domain::workspace::mailbox_push::{PushNews, PushSubscription};
use jiff::Timestamp;

#[async_trait]
pub trait MailboxPush: Send + Sync {
    /// Whether the account's provider sends notices. Only then may the methods that take an account be called.
    fn sends_notices(&self, settings: &AccountSettings) -> bool;

    /// Whether the account's provider can call an installation with this public address.
    fn reaches(&self, settings: &AccountSettings, public_url: &str) -> bool;

    /// Asks the provider to send notices until about `until`; it may choose an earlier end.
    async fn subscribe(
        &self,
        account: &OpenAccount,
        address: &PushAddress,
        until: Timestamp,
    ) -> Result<PushSubscription, CallError>;

    /// Moves a subscription's end, and shows the provider that the grant still stands. Returns the end, or `None` where
    /// there is no such subscription any more.
    async fn renew_subscription(
        &self,
        account: &OpenAccount,
        subscription: &str,
        until: Timestamp,
    ) -> Result<Option<Timestamp>, CallError>;

    /// Ends a subscription. One that is gone is left as it is.
    async fn unsubscribe(&self, account: &OpenAccount, subscription: &str) -> Result<(), CallError>;

    /// Returns what to answer, as plain text, to a provider that asks whether an address is ours. `None`: the request
    /// asks for nothing.
    fn handshake(&self, provider: &str, request: &WebhookRequest) -> Option<String>;

    /// Reads the notices in a request. MUST refuse all of them if one does not carry the secret of this mailbox.
    fn notices(
        &self,
        provider: &str,
        request: &WebhookRequest,
        client_state: &str,
    ) -> Result<Vec<PushNotice>, Forged>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushAddress {
    /// The address that notices go to.
    pub url: String,
    /// A secret of this mailbox, which every notice carries.
    pub client_state: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushNotice {
    pub subscription: String,
    pub news: PushNews,
}
