//! The ports that ingesting an event needs, where the event came from, and what can go wrong.

use crate::campaign::enrol_ports::EnrolPorts;
use crate::ingesting::findings::Findings;
use crate::ingesting::rules;
use crate::lead::hot::HotPorts;
use crate::lead::suppressing::SuppressPorts;

use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::blobs::Blobs;
use crate::ports::clock::Clock;
use crate::ports::conversations::ConversationStore;
use crate::ports::digests::DigestStore;
use crate::ports::due::DueStore;
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::inbound_records::InboundRecordStore;
use crate::ports::lead_merges::LeadMergeStore;
use crate::ports::leads::LeadStore;
use crate::ports::messages::MessageStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::Outbox;
use crate::ports::provider_events::WebhookReader;
use crate::ports::revenue::RevenueStore;
use crate::ports::store::StoreError;
use crate::ports::store::StoreResult;
use crate::ports::store::found;
use crate::ports::suppressions::SuppressionStore;
use crate::ports::tasks::TaskStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::sending::uncertain::SettlePorts;
use domain::AccountId;
use domain::InboundId;
use domain::LeadId;
use domain::MessageId;
use domain::WorkspaceId;
use domain::lead::Lead;
use domain::message::Message;
use domain::message::inbound_outcome::Became;
use jiff::Timestamp;
use rules::RulePorts;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct IngestPorts {
        pub clock: Arc<dyn Clock>,
        pub blobs: Arc<dyn Blobs>,
        pub webhooks: Arc<dyn WebhookReader>,
        pub campaigns: Arc<dyn crate::ports::campaigns::CampaignStore>,
        pub accounts: Arc<dyn AccountStore>,
        pub conversations: Arc<dyn ConversationStore>,
        pub digests: Arc<dyn DigestStore>,
        pub due: Arc<dyn DueStore>,
        pub enrolments: Arc<dyn EnrolmentStore>,
        pub hot: HotPorts = HotPorts::new,
        pub inbound_records: Arc<dyn InboundRecordStore>,
        /// Deleted leads too: a reply or opt-out of one must have its effect.
        pub leads: Arc<dyn LeadStore> = crate::Ports::leads_with_deleted,
        pub lead_merges: Arc<dyn LeadMergeStore>,
        pub messages: Arc<dyn MessageStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub outbox: Arc<dyn Outbox>,
        pub revenue: Arc<dyn RevenueStore>,
        pub rules: RulePorts = RulePorts::new,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub suppressing: SuppressPorts = SuppressPorts::new,
        pub tasks: Arc<dyn TaskStore>,
        pub vault: Arc<dyn Vault>,
        pub workspaces: Arc<dyn WorkspaceStore>,
        pub enrol: EnrolPorts = EnrolPorts::new,
        pub settle: SettlePorts = SettlePorts::new,
    }
}

/// The origin of an event.
#[derive(Debug, Clone)]
pub(crate) struct Origin<'a> {
    pub workspace: &'a WorkspaceId,
    pub account: &'a AccountId,
    pub event_id: &'a str,
    pub received_at: Timestamp,
    /// The bucket key of the raw mail, if it was too large for the queue.
    pub blob: Option<&'a str>,
    /// Whether it comes from a user's own mailbox: what turns out to belong to no lead is not kept.
    pub is_private: bool,
    /// The place where handlers note what the event becomes.
    pub findings: &'a Findings,
    /// What the event became when everything that it asked for was done once, if it is read again. Handlers then leave
    /// out what a user may have undone since and what leaves no trace of its own.
    pub before: Option<&'a [Became]>,
}

impl Origin<'_> {
    /// Whether everything that the event asked for was done once.
    pub fn was_handled(&self) -> bool {
        self.before.is_some()
    }

    /// Whether the event became this when it was handled. Rules that are newer than that may find it to be something
    /// else.
    pub fn was(&self, became: Became) -> bool {
        self.before.is_some_and(|before| before.contains(&became))
    }

    /// Returns the id of the record of what arrived.
    pub fn record(&self) -> InboundId {
        InboundId::derived(self.received_at, &[self.account.as_str(), self.event_id])
    }

    /// Returns the time of an event: one that was reported days late keeps its own, and none lies in the future.
    pub fn written_at(&self, told: Option<Timestamp>) -> Timestamp {
        told.map_or(self.received_at, |at| at.min(self.received_at))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The event concerns a message that is not written yet: its sender may have broken off, and is found again
    /// within minutes. Or it concerns a payment that was reported later than what became of it. It is tried again.
    #[error("{0} is not written yet")]
    Early(String),
    /// The event will not become readable by waiting.
    #[error("unreadable: {0}")]
    Unreadable(String),
}

/// Reads the message, if it exists in this workspace.
pub(crate) async fn known_message(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    id: &MessageId,
) -> StoreResult<Option<Message>> {
    found(ports.messages.get(workspace, id).await)
}

/// Reads a lead of which only the id is known.
pub(super) async fn lead(ports: &IngestPorts, origin: &Origin<'_>, id: &LeadId) -> StoreResult<Option<Lead>> {
    let lead = found(ports.leads.get(origin.workspace, id).await)?;
    if lead.is_some() {
        origin.findings.concerns(id);
    }
    Ok(lead)
}
