//! Notices that a mailbox sends when mail arrives, so that it is read at once and not at the next poll. A notice says
//! only that something is new; the poll finds out what. Notices get lost, so polls go on.

use crate::ports::provider_calls::{CallError, OpenAccount};
use crate::ports::provider_events::{Forged, WebhookRequest};
use async_trait::async_trait;
use jiff::Timestamp;

#[async_trait]
pub trait MailboxPush: Send + Sync {
    /// Asks the provider to send notices until about `until`; it may choose an earlier end.
    async fn subscribe(
        &self,
        account: &OpenAccount,
        address: &PushAddress,
        until: Timestamp,
    ) -> Result<PushSubscription, CallError>;

    /// Moves a subscription's end, and shows the provider that the grant still stands. `None`: there is no such
    /// subscription any more, and a new one is made.
    async fn renew_subscription(
        &self,
        account: &OpenAccount,
        subscription: &str,
        until: Timestamp,
    ) -> Result<Option<PushSubscription>, CallError>;

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
pub struct PushSubscription {
    pub id: String,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushNotice {
    pub subscription: String,
    pub news: PushNews,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushNews {
    /// Something is new in the mailbox, or notices were lost: it is read.
    Read,
    /// The provider wants the subscription renewed. Until then it may hold notices back.
    Renew,
    /// The subscription is gone: another one is made, and the mailbox is read.
    SubscribeAnew,
}
