//! Holds that raced with a resume. A lead is held because a scope is paused, or because nobody has decided about late
//! messages, by what was read up to five seconds before, and the hold is written some seconds later. If the scope was
//! resumed or the decision made in between, the lead was not yet among those that it released: it is looked at once more.

use crate::ports::due::Hint;
use crate::ports::store::StoreResult;
use crate::sending::cache::Cache;
use crate::sending::context::{SendContext, look_hint};
use crate::sending::ports::SendPorts;
use domain::AccountId;
use domain::campaign::{Campaign, CampaignState};
use domain::enrolment::Enrolment;
use domain::enrolment::reasons::{HoldReason, HoldScope};
use domain::workspace::Sending;
use jiff::Timestamp;

pub(super) struct HoldRace {
    reason: HoldReason,
    campaign: Campaign,
    /// The accounts of the campaign that were paused.
    paused: Vec<AccountId>,
    hint: Hint,
}

impl HoldRace {
    /// Returns what may be resumed meanwhile, if this hold ends with a resume or a decision.
    pub fn of(
        context: &SendContext,
        enrolment: &Enrolment,
        reason: HoldReason,
        now: Timestamp,
    ) -> Option<Self> {
        if !reason.is_of_a_scope() && reason != HoldReason::Late {
            return None;
        }
        let paused = context.senders.iter().filter(|account| account.pause.is_some());
        let paused = paused.map(|account| account.id.clone()).collect();
        let campaign = context.planning.campaign.clone();
        Some(Self { reason, campaign, paused, hint: look_hint(enrolment, now) })
    }

    /// Whether the hold has no reason any more.
    async fn is_over(&self, ports: &SendPorts, cache: &Cache) -> StoreResult<bool> {
        let Campaign { workspace, id, .. } = &self.campaign;
        Ok(match self.reason.behaviour().scope {
            Some(HoldScope::Workspace) => {
                cache.workspace(ports, workspace).await?.value.sending == Sending::Running
            }
            Some(HoldScope::Campaign) => {
                cache.campaign(ports, workspace, id).await?.value.state == CampaignState::Active
            }
            // The account was resumed or deleted, or is not this campaign's any more.
            Some(HoldScope::Account) => {
                let campaign = cache.campaign(ports, workspace, id).await?.value;
                let senders = cache.senders(ports, &campaign).await?.value;
                let is_paused = |id: &AccountId| {
                    senders.iter().any(|account| account.id == *id && account.pause.is_some())
                };
                !self.paused.iter().all(is_paused)
            }
            // A late message waits for the campaign's answer.
            None => {
                cache.campaign(ports, workspace, id).await?.value.late_answer != self.campaign.late_answer
            }
        })
    }
}

/// Called after the holds are written. A scope that is still paused then releases these leads when it is resumed.
pub(super) async fn recheck_raced_holds(
    ports: &SendPorts,
    races: impl Iterator<Item = &HoldRace> + Send,
) -> StoreResult<()> {
    let (fresh, mut hints) = (Cache::default(), Vec::new());
    for race in races {
        if race.is_over(ports, &fresh).await? {
            hints.push(race.hint.clone());
        }
    }
    ports.due.put(&hints).await
}
