//! What a batch has read already: permits for five seconds, versions until it is done.

use crate::campaign::planning_context::senders_of;
use crate::campaign::rollout::onward;
use crate::ports::store::{StoreResult, found};
use crate::sending::SendPorts;
use crate::sending::gate::Gates;
use domain::campaign::Campaign;
use domain::enrolment::Enrolment;
use domain::sequence::SequenceVersion;
use domain::sequence::rollout::Onward;
use domain::workspace::Workspace;
use domain::workspace::account::Account;
use domain::{BulkMessageId, CampaignId, RolloutId, SequenceId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};

/// A permit to send is read strongly and good for five seconds; of a version only words ever change.
#[derive(Default)]
pub(super) struct Memory {
    pub gates: Gates,
    workspaces: HashMap<WorkspaceId, (Timestamp, Workspace)>,
    campaigns: HashMap<CampaignId, (Timestamp, Campaign)>,
    senders: HashMap<CampaignId, (Timestamp, Vec<Account>)>,
    versions: HashMap<(SequenceId, u32), SequenceVersion>,
    bulk_messages: HashMap<BulkMessageId, (Timestamp, bool)>,
    rollouts: HashMap<RolloutId, Option<Onward>>,
    late: HashSet<CampaignId>,
    asked_elsewhere: u8,
}

pub(super) const PERMIT_LASTS: SignedDuration = SignedDuration::from_secs(5);
/// Each may take seconds, and everybody in the batch waits.
const QUESTIONS_ELSEWHERE: u8 = 2;
impl Memory {
    /// One more question to a server that is not the account's sender may be asked by this batch.
    pub fn may_ask_elsewhere(&mut self) -> bool {
        self.asked_elsewhere += 1;
        self.asked_elsewhere <= QUESTIONS_ELSEWHERE
    }

    /// Nobody else of the campaign was found late in this batch.
    pub fn first_late(&mut self, campaign: &CampaignId) -> bool {
        self.late.insert(campaign.clone())
    }

    pub async fn workspace(&mut self, ports: &SendPorts, id: &WorkspaceId) -> StoreResult<Workspace> {
        let now = ports.clock.now();
        if let Some((_, workspace)) =
            self.workspaces.get(id).filter(|(read, _)| now.duration_since(*read) < PERMIT_LASTS)
        {
            return Ok(workspace.clone());
        }
        let workspace = ports.workspaces.get(id).await?;
        self.workspaces.insert(id.clone(), (now, workspace.clone()));
        Ok(workspace)
    }

    pub async fn campaign(
        &mut self,
        ports: &SendPorts,
        workspace: &WorkspaceId,
        id: &CampaignId,
    ) -> StoreResult<Campaign> {
        let now = ports.clock.now();
        if let Some((_, campaign)) =
            self.campaigns.get(id).filter(|(read, _)| now.duration_since(*read) < PERMIT_LASTS)
        {
            return Ok(campaign.clone());
        }
        let campaign = ports.campaigns.get(workspace, id).await?;
        self.campaigns.insert(id.clone(), (now, campaign.clone()));
        Ok(campaign)
    }

    pub async fn senders(&mut self, ports: &SendPorts, campaign: &Campaign) -> StoreResult<Vec<Account>> {
        let now = ports.clock.now();
        if let Some((_, senders)) =
            self.senders.get(&campaign.id).filter(|(read, _)| now.duration_since(*read) < PERMIT_LASTS)
        {
            return Ok(senders.clone());
        }
        let senders = senders_of(&*ports.accounts, campaign).await?;
        self.senders.insert(campaign.id.clone(), (now, senders.clone()));
        Ok(senders)
    }

    /// When the oldest was read of what permits a send in this campaign.
    pub fn permitted_at(&self, campaign: &Campaign) -> Option<Timestamp> {
        let workspace = self.workspaces.get(&campaign.workspace).map(|(read, _)| *read);
        let state = self.campaigns.get(&campaign.id).map(|(read, _)| *read);
        let senders = self.senders.get(&campaign.id).map(|(read, _)| *read);
        Some(workspace?.min(state?).min(senders?))
    }

    /// What was noted of an account is read by who comes next.
    pub fn forget_senders(&mut self) {
        self.senders.clear();
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

    /// Whether a message to many was cancelled, at most five seconds ago.
    pub async fn is_cancelled(
        &mut self,
        ports: &SendPorts,
        workspace: &WorkspaceId,
        id: &BulkMessageId,
    ) -> StoreResult<bool> {
        let now = ports.clock.now();
        if let Some((_, cancelled)) =
            self.bulk_messages.get(id).filter(|(read, _)| now.duration_since(*read) < PERMIT_LASTS)
        {
            return Ok(*cancelled);
        }
        let bulk_message = found(ports.bulk_messages.get(workspace, id).await)?;
        let cancelled = bulk_message.is_none_or(|bulk_message| bulk_message.cancelled_at.is_some());
        self.bulk_messages.insert(id.clone(), (now, cancelled));
        Ok(cancelled)
    }

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
