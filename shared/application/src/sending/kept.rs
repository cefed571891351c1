//! Who is held because a scope is closed, or nobody has said what becomes of late messages, by what was read up to five
//! seconds ago, and some seconds before that is written: when it has opened, or somebody has said so meanwhile, they were not
//! among those who were set going then.

use crate::ports::due::Hint;
use crate::ports::store::StoreResult;
use crate::sending::context::SendContext;
use crate::sending::memory::Memory;
use crate::sending::moves::{hold, look_hint};
use crate::sending::{Afterwards, SendPorts};
use domain::AccountId;
use domain::campaign::{Campaign, CampaignState};
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::workspace::Sending;
use jiff::Timestamp;

pub(super) struct Kept {
    pub number: usize,
    reason: HoldReason,
    campaign: Campaign,
    /// Those of the campaign's accounts that were paused.
    paused: Vec<AccountId>,
    hint: Hint,
}

/// Holds who is not held so already, by another message of the same step.
pub(super) fn keep(
    scene: &SendContext,
    enrolment: Enrolment,
    (reason, until): (HoldReason, Option<Timestamp>),
    now: Timestamp,
    number: usize,
    afterwards: &mut Afterwards,
) {
    if enrolment.state == (EnrolmentState::Held { reason, until }) {
        return;
    }
    if reason.is_of_a_scope() || reason == HoldReason::Late {
        let paused = scene.senders.iter().filter(|account| account.pause.is_some());
        let paused = paused.map(|account| account.id.clone()).collect();
        let (campaign, hint) = (scene.campaign.clone(), look_hint(&enrolment, now));
        afterwards.kept.push(Kept { number, reason, campaign, paused, hint });
    }
    hold(enrolment, reason, until, now, number, afterwards);
}

impl Kept {
    async fn may_go(&self, ports: &SendPorts, memory: &mut Memory) -> StoreResult<bool> {
        let Campaign { workspace, id, .. } = &self.campaign;
        Ok(match self.reason {
            HoldReason::SendingStopped => {
                memory.workspace(ports, workspace).await?.sending == Sending::Running
            }
            HoldReason::CampaignPaused => {
                memory.campaign(ports, workspace, id).await?.state == CampaignState::Active
            }
            HoldReason::Late => {
                memory.campaign(ports, workspace, id).await?.late_answer != self.campaign.late_answer
            }
            // Resumed, deleted, or not this campaign's any more.
            _ => {
                let campaign = memory.campaign(ports, workspace, id).await?;
                let senders = memory.senders(ports, &campaign).await?;
                let waits = |id: &AccountId| {
                    senders.iter().any(|account| account.id == *id && account.pause.is_some())
                };
                !self.paused.iter().all(waits)
            }
        })
    }
}

/// After their holds are written: what is still closed now sets them going when it opens.
pub(super) async fn set_going_again(ports: &SendPorts, kept: &[Kept]) -> StoreResult<()> {
    let (mut fresh, mut hints) = (Memory::default(), Vec::new());
    for one in kept {
        if one.may_go(ports, &mut fresh).await? {
            hints.push(one.hint.clone());
        }
    }
    ports.due.put(&hints).await
}
