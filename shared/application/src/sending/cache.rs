//! The reads that the messages of one batch share: permits for five seconds, versions until the batch is done.

use crate::campaign::planning_context::senders_of;
use crate::campaign::rollout::onward;
use crate::ports::store::{StoreResult, found};
use crate::sending::admission::breaker::Breakers;
use crate::sending::ports::SendPorts;
use domain::campaign::Campaign;
use domain::enrolment::Enrolment;
use domain::sequence::SequenceVersion;
use domain::sequence::rollout::Onward;
use domain::workspace::Workspace;
use domain::workspace::account::Account;
use domain::{BulkMessageId, CampaignId, RolloutId, SequenceId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// A permit to send is read with a strong read and is valid for so long.
pub(super) const PERMIT_LASTS: SignedDuration = SignedDuration::from_secs(5);
/// The most questions of a batch to servers other than the account's sender: each may take seconds.
const QUESTIONS_ELSEWHERE: u8 = 2;

#[derive(Default)]
pub(super) struct Cache {
    pub breakers: Breakers,
    workspaces: Permits<WorkspaceId, Workspace>,
    campaigns: Permits<CampaignId, Campaign>,
    senders: Permits<CampaignId, Vec<Account>>,
    bulk_messages: Permits<BulkMessageId, bool>,
    /// Only words of a version ever change.
    versions: HashMap<(SequenceId, u32), SequenceVersion>,
    rollouts: HashMap<RolloutId, Option<Onward>>,
    late: HashSet<CampaignId>,
    asked_elsewhere: u8,
}

/// Permits with the time at which each was read.
struct Permits<K, V>(HashMap<K, (Timestamp, V)>);

impl<K, V> Default for Permits<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Permits<K, V> {
    fn valid(&self, key: &K, now: Timestamp) -> Option<V> {
        let valid = |(read, _): &&(Timestamp, V)| now.duration_since(*read) < PERMIT_LASTS;
        self.0.get(key).filter(valid).map(|(_, value)| value.clone())
    }

    fn keep(&mut self, key: &K, read_at: Timestamp, value: V) -> V {
        self.0.insert(key.clone(), (read_at, value.clone()));
        value
    }

    fn read_at(&self, key: &K) -> Option<Timestamp> {
        self.0.get(key).map(|(read, _)| *read)
    }
}

impl Cache {
    /// Counts a question to a server that is not the account's sender. False if the batch has asked enough.
    pub fn may_ask_elsewhere(&mut self) -> bool {
        self.asked_elsewhere += 1;
        self.asked_elsewhere <= QUESTIONS_ELSEWHERE
    }

    /// Whether this is the first late message of the campaign in this batch.
    pub fn first_late(&mut self, campaign: &CampaignId) -> bool {
        self.late.insert(campaign.clone())
    }

    pub async fn workspace(&mut self, ports: &SendPorts, id: &WorkspaceId) -> StoreResult<Workspace> {
        let now = ports.clock.now();
        match self.workspaces.valid(id, now) {
            Some(workspace) => Ok(workspace),
            None => Ok(self.workspaces.keep(id, now, ports.workspaces.get(id).await?)),
        }
    }

    pub async fn campaign(
        &mut self,
        ports: &SendPorts,
        workspace: &WorkspaceId,
        id: &CampaignId,
    ) -> StoreResult<Campaign> {
        let now = ports.clock.now();
        match self.campaigns.valid(id, now) {
            Some(campaign) => Ok(campaign),
            None => Ok(self.campaigns.keep(id, now, ports.campaigns.get(workspace, id).await?)),
        }
    }

    pub async fn senders(&mut self, ports: &SendPorts, campaign: &Campaign) -> StoreResult<Vec<Account>> {
        let now = ports.clock.now();
        match self.senders.valid(&campaign.id, now) {
            Some(senders) => Ok(senders),
            None => {
                let senders = senders_of(&*ports.accounts, campaign).await?;
                Ok(self.senders.keep(&campaign.id, now, senders))
            }
        }
    }

    /// Whether a bulk message was cancelled, at most five seconds ago.
    pub async fn is_cancelled(
        &mut self,
        ports: &SendPorts,
        workspace: &WorkspaceId,
        id: &BulkMessageId,
    ) -> StoreResult<bool> {
        let now = ports.clock.now();
        if let Some(cancelled) = self.bulk_messages.valid(id, now) {
            return Ok(cancelled);
        }
        let bulk_message = found(ports.bulk_messages.get(workspace, id).await)?;
        Ok(self.bulk_messages.keep(
            id,
            now,
            bulk_message.is_none_or(|bulk_message| bulk_message.cancelled_at.is_some()),
        ))
    }

    /// The time at which the oldest permit of this campaign was read.
    pub fn permitted_at(&self, campaign: &Campaign) -> Option<Timestamp> {
        let workspace = self.workspaces.read_at(&campaign.workspace)?;
        Some(workspace.min(self.campaigns.read_at(&campaign.id)?).min(self.senders.read_at(&campaign.id)?))
    }

    /// Makes the next message read the accounts anew, because an account's health was noted.
    pub fn forget_senders(&mut self) {
        self.senders = Permits::default();
    }

    pub async fn version(
        &mut self,
        ports: &SendPorts,
        enrolment: &Enrolment,
    ) -> StoreResult<SequenceVersion> {
        let key = (enrolment.sequence.clone(), enrolment.version);
        if let Some(version) = self.versions.get(&key) {
            return Ok(version.clone());
        }
        let version = ports.sequences.version_for_sending(&enrolment.key.workspace, &key.0, key.1).await?;
        self.versions.insert(key, version.clone());
        Ok(version)
    }

    /// The version that a rollout binds the enrolment for.
    pub async fn onward(&mut self, ports: &SendPorts, enrolment: &Enrolment) -> StoreResult<Option<Onward>> {
        let Some(transfer) = enrolment.bound_for() else { return Ok(None) };
        if let Some(known) = self.rollouts.get(&transfer.rollout) {
            return Ok(known.clone());
        }
        let onward = onward(&*ports.sequences, enrolment).await?;
        self.rollouts.insert(transfer.rollout.clone(), onward.clone());
        Ok(onward)
    }
}
