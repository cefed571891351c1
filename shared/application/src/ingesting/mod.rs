//! What came from outside, understood: stop first, record afterwards. Every part may be repeated without effect.

mod attribution;
mod bounce;
mod complaint;
mod email;
mod engagement;
mod payment;
mod reply;
mod rules;
mod status;
mod text;
mod unsubscribe;

use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::connections::ConnectionStore;
use crate::conversations::ConversationStore;
use crate::due::DueStore;
use crate::enrolling::EnrolPorts;
use crate::enrolments::EnrolmentStore;
use crate::inbound_blobs;
use crate::leads::LeadStore;
use crate::messages::MessageStore;
use crate::notifications::NotificationStore;
use crate::ports::Ports;
use crate::provider_events::{ProviderEvent, WebhookReader};
use crate::queue_messages::{IngestEvent, Payload};
use crate::revenue::RevenueStore;
use crate::store::{StoreError, StoreResult, found};
use crate::suppressions::SuppressionStore;
use crate::tasks::TaskStore;
use crate::uncertain_sends::SettlePorts;
use crate::workspaces::WorkspaceStore;
use domain::message::Message;
use domain::workspace::account::ConnectionSettings;
use domain::{ConnectionId, MessageId, WorkspaceId};
pub use engagement::{announce_hot, hot_task_id};
use jiff::Timestamp;
pub use rules::{RulePorts, carry_out_rules};
use std::sync::Arc;

#[derive(Clone)]
pub struct IngestPorts {
    pub clock: Arc<dyn Clock>,
    pub blobs: Arc<dyn Blobs>,
    pub webhooks: Arc<dyn WebhookReader>,
    pub campaigns: Arc<dyn crate::campaigns::CampaignStore>,
    pub connections: Arc<dyn ConnectionStore>,
    pub conversations: Arc<dyn ConversationStore>,
    pub due: Arc<dyn DueStore>,
    pub enrolments: Arc<dyn EnrolmentStore>,
    pub leads: Arc<dyn LeadStore>,
    pub messages: Arc<dyn MessageStore>,
    pub notifications: Arc<dyn NotificationStore>,
    pub revenue: Arc<dyn RevenueStore>,
    pub rules: RulePorts,
    pub suppressions: Arc<dyn SuppressionStore>,
    pub tasks: Arc<dyn TaskStore>,
    pub workspaces: Arc<dyn WorkspaceStore>,
    pub enrol: EnrolPorts,
    pub settle: SettlePorts,
}

impl<P: Ports> From<&P> for IngestPorts {
    fn from(ports: &P) -> Self {
        Self {
            clock: ports.clock(),
            blobs: ports.blobs(),
            webhooks: ports.webhooks(),
            campaigns: ports.campaigns(),
            connections: ports.connections(),
            conversations: ports.conversations(),
            due: ports.due(),
            enrolments: ports.enrolments(),
            leads: ports.leads(),
            messages: ports.messages(),
            notifications: ports.notifications(),
            revenue: ports.revenue(),
            rules: RulePorts::from(ports),
            suppressions: ports.suppressions(),
            tasks: ports.tasks(),
            workspaces: ports.workspaces(),
            enrol: EnrolPorts::from(ports),
            settle: SettlePorts::from(ports),
        }
    }
}

/// Where an event came from.
#[derive(Debug, Clone)]
pub(crate) struct Origin<'a> {
    pub workspace: &'a WorkspaceId,
    pub connection: &'a ConnectionId,
    pub event_id: &'a str,
    pub received_at: Timestamp,
    /// Where the raw mail lies, when it was too large to travel.
    pub blob: Option<&'a str>,
}

#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Of a message that is not written yet: its sender may have broken off, and is found again within minutes. Or of a
    /// payment that was told later than what became of it.
    #[error("{0} is not written yet")]
    Early(String),
    /// Will not become readable by waiting.
    #[error("unreadable: {0}")]
    Unreadable(String),
}

pub async fn ingest(ports: &IngestPorts, event: &IngestEvent) -> Result<(), IngestError> {
    match event {
        IngestEvent::Webhook { workspace, connection, kind, settings, received_at, event_id, body } => {
            let (text, blob) = match body {
                Payload::Inline(text) => (text.clone(), None),
                Payload::Blob(key) => match found(ports.blobs.get(key).await)? {
                    Some(bytes) => (String::from_utf8_lossy(&bytes).into_owned(), Some(key.as_str())),
                    // It goes once all was understood that it tells, and with the lead whose mail it is.
                    None => {
                        tracing::info!(event.id = event_id, "taken in before: its payload is gone");
                        return Ok(());
                    }
                },
            };
            let settings = match settings {
                Some(settings) => ConnectionSettings::clone(settings),
                None => match found(ports.connections.get(workspace, connection).await)? {
                    Some(account) => account.settings,
                    None => return Err(IngestError::Unreadable(format!("its {kind:?} account is gone"))),
                },
            };
            let uploaded = match ports.webhooks.upload_named(&settings, &text) {
                Some(name) => Some(uploaded(ports, workspace, connection, &name).await?),
                None => None,
            };
            let events = match &uploaded {
                Some((_, bytes)) => ports.webhooks.translate_upload(&settings, &text, bytes),
                None => ports.webhooks.translate(&settings, &text),
            };
            let events = events.map_err(|error| IngestError::Unreadable(error.to_string()))?;
            // What the relay uploaded holds the mail, where it did; else what came was too large for the queue.
            let blob = uploaded.as_ref().map(|(key, _)| key.as_str()).or(blob);
            let is_mail = matches!(events.as_slice(), [ProviderEvent::EmailReceived(_)]);
            let mail = blob.filter(|_| is_mail);
            let origin = Origin { workspace, connection, event_id, received_at: *received_at, blob: mail };
            // What is told beside it does not wait for one that cannot be taken in yet; repeats change nothing.
            let (mut failed, mut is_kept) = (None, false);
            for event in events {
                match understand(ports, &origin, event).await {
                    Ok(Raw::Named) => is_kept |= mail.is_some(),
                    Ok(Raw::Spent) => {}
                    Err(error) => failed = failed.or(Some(error)),
                }
            }
            if let Some(error) = failed {
                return Err(error);
            }
            // What no item names could not be found when its lead is deleted.
            if let Some(key) = blob.filter(|_| !is_kept) {
                ports.blobs.delete(key).await?;
            }
        }
        IngestEvent::Tracked { .. } => engagement::take_in(ports, event).await?,
        IngestEvent::Unsubscribed { workspace, lead, message, to, event_id, at } => {
            let of = unsubscribe::WayOut { lead, message: message.as_ref(), to: to.as_ref() };
            unsubscribe::unsubscribe(ports, workspace, of, event_id, *at).await?;
        }
    }
    Ok(())
}

/// What a relay has put into the bucket: where it lies, and the bytes.
async fn uploaded(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    connection: &ConnectionId,
    name: &str,
) -> Result<(String, Vec<u8>), IngestError> {
    let key = inbound_blobs::upload(workspace, connection, name);
    let key = key.ok_or_else(|| IngestError::Unreadable("data.upload is no name of an upload".to_owned()))?;
    // It may be on its way still, or never come: that is tried as often as anything, and then kept among the dead letters.
    let bytes = ports.blobs.get(&key).await?;
    Ok((key, bytes))
}

/// Whether an item names what was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Raw {
    Named,
    Spent,
}

async fn understand(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    event: ProviderEvent,
) -> Result<Raw, IngestError> {
    match event {
        ProviderEvent::MessageStatus { message, state, provider_id, failure, suppress } => {
            let report = status::Report { state, provider_id, failure, suppress };
            status::report(ports, origin, &message, &report).await?;
            return Ok(Raw::Spent);
        }
        ProviderEvent::EmailReceived(mail) => return email::receive(ports, origin, &mail).await,
        ProviderEvent::TextReceived { channel, from, to, text, wordless, provider_id, opt_out, at } => {
            // Told days late it is as old as it is, and nothing is from the future.
            let at = at.map_or(origin.received_at, |at| at.min(origin.received_at));
            let received = text::Received { channel, from, to, text, wordless, provider_id, opt_out, at };
            text::receive(ports, origin, &received).await
        }
        ProviderEvent::CheckedOut(checkout) => payment::checked_out(ports, origin, &checkout).await,
        ProviderEvent::Payment(payment) => payment::paid(ports, origin, &payment).await,
        ProviderEvent::SubscriptionChanged(state) => payment::subscription(ports, origin, &state).await,
        ProviderEvent::Refunded { charge, customer, refunded_total, at } => {
            payment::refunded(ports, origin, &charge, customer.as_deref(), refunded_total, at).await?;
            return Ok(Raw::Spent);
        }
    }
    .map(|()| Raw::Spent)
    .map_err(IngestError::from)
}

/// The message, if it is there and belongs to this workspace.
async fn known_message(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    id: &MessageId,
) -> StoreResult<Option<Message>> {
    found(ports.messages.get(workspace, id).await)
}
