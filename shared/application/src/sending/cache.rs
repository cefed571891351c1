//! The reads that the messages of one batch share: permits for five seconds, versions until the batch is done. Groups of the
//! batch that run side by side ask for the same thing at the same moment, so that one of them reads it and the others wait
//! for that read. What was read comes with the time of the read: another group may have read it anew since.

use crate::campaign::planning_context::senders_of;
use crate::campaign::rollout::onward;
use crate::ports::store::{StoreResult, found};
use crate::sending::ports::SendPorts;
use domain::campaign::Campaign;
use domain::enrolment::Enrolment;
use domain::sequence::SequenceVersion;
use domain::sequence::rollout::Onward;
use domain::workspace::Workspace;
use domain::workspace::account::Account;
use domain::workspace::mailbox_reading::MailboxReading;
use domain::{AccountId, BulkMessageId, CampaignId, RolloutId, SequenceId, WorkspaceId};
use futures::lock::Mutex as ReadLock;
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A permit to send is read with a strong read and is valid for so long.
pub(super) const PERMIT_LASTS: SignedDuration = SignedDuration::from_secs(5);
/// The most questions of a batch to servers other than the account's sender: each may take seconds.
const QUESTIONS_ELSEWHERE: u8 = 2;

#[derive(Default)]
pub(super) struct Cache {
    workspaces: Reads<WorkspaceId, Workspace>,
    campaigns: Reads<CampaignId, Campaign>,
    senders: Reads<CampaignId, Vec<Account>>,
    mailbox_readings: Reads<AccountId, Option<MailboxReading>>,
    bulk_messages: Reads<BulkMessageId, bool>,
    /// Only words of a version ever change.
    versions: Reads<(SequenceId, u32), SequenceVersion>,
    rollouts: Reads<RolloutId, Option<Onward>>,
    late: Mutex<HashSet<CampaignId>>,
    asked_elsewhere: AtomicU8,
}

/// What was read, and when.
#[derive(Clone)]
pub(super) struct Permit<V> {
    pub value: V,
    pub read_at: Timestamp,
}

/// A value that one group reads while the others wait.
type Entry<V> = Arc<ReadLock<Option<Permit<V>>>>;

/// All values of one kind that the batch has read.
struct Reads<K, V>(Mutex<HashMap<K, Entry<V>>>);

impl<K, V> Default for Reads<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Reads<K, V> {
    /// Returns what was read before, if that was less than `lasts` ago, else what `read` finds.
    async fn get(
        &self,
        ports: &SendPorts,
        key: &K,
        lasts: SignedDuration,
        read: impl Future<Output = StoreResult<V>> + Send,
    ) -> StoreResult<Permit<V>> {
        let entry = locked(&self.0).entry(key.clone()).or_default().clone();
        let mut known = entry.lock().await;
        let read_at = ports.clock.now();
        let is_valid = |permit: &&Permit<V>| read_at.duration_since(permit.read_at) < lasts;
        if let Some(valid) = known.as_ref().filter(is_valid) {
            return Ok(valid.clone());
        }
        let permit = Permit { value: read.await?, read_at };
        *known = Some(permit.clone());
        Ok(permit)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cache {
    /// Counts a question to a server that is not the account's sender. False if the batch has asked enough.
    pub fn may_ask_elsewhere(&self) -> bool {
        self.asked_elsewhere.fetch_add(1, Ordering::Relaxed) < QUESTIONS_ELSEWHERE
    }

    /// Whether this is the first late message of the campaign in this batch.
    pub fn first_late(&self, campaign: &CampaignId) -> bool {
        locked(&self.late).insert(campaign.clone())
    }

    pub async fn workspace(&self, ports: &SendPorts, id: &WorkspaceId) -> StoreResult<Permit<Workspace>> {
        self.workspaces.get(ports, id, PERMIT_LASTS, ports.workspaces.get(id)).await
    }

    pub async fn campaign(
        &self,
        ports: &SendPorts,
        workspace: &WorkspaceId,
        id: &CampaignId,
    ) -> StoreResult<Permit<Campaign>> {
        self.campaigns.get(ports, id, PERMIT_LASTS, ports.campaigns.get(workspace, id)).await
    }

    pub async fn senders(&self, ports: &SendPorts, campaign: &Campaign) -> StoreResult<Permit<Vec<Account>>> {
        self.senders.get(ports, &campaign.id, PERMIT_LASTS, senders_of(&*ports.accounts, campaign)).await
    }

    /// How far the account's mailbox was read.
    pub async fn mailbox_reading(
        &self,
        ports: &SendPorts,
        account: &Account,
    ) -> StoreResult<Permit<Option<MailboxReading>>> {
        let read = ports.mailbox_readings.get(&account.workspace, &account.id);
        self.mailbox_readings.get(ports, &account.id, PERMIT_LASTS, read).await
    }

    /// Whether a bulk message was cancelled, at most five seconds ago.
    pub async fn is_cancelled(
        &self,
        ports: &SendPorts,
        workspace: &WorkspaceId,
        id: &BulkMessageId,
    ) -> StoreResult<bool> {
        let read = async {
            let bulk_message = found(ports.bulk_messages.get(workspace, id).await)?;
            Ok(bulk_message.is_none_or(|bulk_message| bulk_message.cancelled_at.is_some()))
        };
        Ok(self.bulk_messages.get(ports, id, PERMIT_LASTS, read).await?.value)
    }

    /// Makes the next message read the accounts anew, because an account's health was noted.
    pub fn forget_senders(&self) {
        locked(&self.senders.0).clear();
    }

    pub async fn version(&self, ports: &SendPorts, enrolment: &Enrolment) -> StoreResult<SequenceVersion> {
        let key = (enrolment.sequence().clone(), enrolment.version());
        let read = ports.sequences.version_for_sending(&enrolment.key().workspace, &key.0, key.1);
        Ok(self.versions.get(ports, &key, SignedDuration::MAX, read).await?.value)
    }

    /// The version that a rollout binds the enrolment for.
    pub async fn onward(&self, ports: &SendPorts, enrolment: &Enrolment) -> StoreResult<Option<Onward>> {
        let Some(transfer) = enrolment.pending_transfer() else { return Ok(None) };
        let read = onward(&*ports.sequences, enrolment);
        Ok(self.rollouts.get(ports, &transfer.rollout, SignedDuration::MAX, read).await?.value)
    }
}
