//! Counters that belong to one scope alone: where the enrolments of a campaign stand, what a rollout has done with
//! them, and the clients that a campaign has won.

use crate::ports::changes::Change;
use crate::ports::stats::{Metric, Scope};
use domain::CampaignId;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::transfer::Transfer;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::revenue::Client;

pub(super) fn moved(change: &Change) -> Vec<(Scope, Metric, i64)> {
    match change {
        Change::Enrolment { old, new } => enrolment_move_counts(old.as_deref(), new),
        Change::Client { old: Some(old), new } => late_attribution_counts(old, new),
        _ => Vec::new(),
    }
}

/// Counts a client for a campaign as a whole, if that campaign became known only after the client's first payment.
fn late_attribution_counts(old: &Client, new: &Client) -> Vec<(Scope, Metric, i64)> {
    let campaign = new.campaign.as_ref().filter(|_| old.campaign.is_none());
    let counts = |campaign: &CampaignId| {
        let unsure = i64::from(new.mrr_is_unsure);
        let shown = [(Metric::Clients, 1), (Metric::Unsure, unsure)];
        shown.map(|(metric, by)| (Scope::Campaign(campaign.clone()), metric, by)).to_vec()
    };
    campaign.map(counts).unwrap_or_default()
}

fn enrolment_move_counts(old: Option<&Enrolment>, new: &Enrolment) -> Vec<(Scope, Metric, i64)> {
    let mut moved = Vec::new();
    let (before, after) = (old.and_then(step_scope), step_scope(new));
    if before != after {
        moved.extend(before.map(|scope| (scope, Metric::Standing, -1)));
        moved.extend(after.map(|scope| (scope, Metric::Standing, 1)));
    }
    let (bound, now_bound) = (old.and_then(rollout_scope), rollout_scope(new));
    if bound != now_bound {
        moved.extend(bound.map(|scope| (scope, Metric::BoundFor, -1)));
        moved.extend(now_bound.map(|scope| (scope, Metric::BoundFor, 1)));
    }
    // A rollout's count stays when another rollout follows.
    let done = |transfer: &&Transfer| transfer.done;
    let done_before = old.and_then(|old| old.transfer().as_ref()).filter(done);
    if let Some(transfer) = new.transfer().as_ref().filter(done).filter(|now| Some(*now) != done_before) {
        let exited = *new.state() == EnrolmentState::Ended { reason: EndReason::StepRemoved };
        let metric = if exited { Metric::Exited } else { Metric::Transferred };
        moved.push((Scope::Rollout(transfer.rollout.clone()), metric, 1));
    }
    moved
}

/// Returns the step where an enrolment is counted. One that has not begun counts nowhere. One with a send under way
/// already counts at its next step, because its claim names that, and no write follows when the send is done.
fn step_scope(enrolment: &Enrolment) -> Option<Scope> {
    let under_way = enrolment.is_active() && *enrolment.state() != EnrolmentState::Pending;
    let step = enrolment.step().as_ref().filter(|_| under_way)?;
    Some(Scope::Standing(enrolment.key().campaign.clone(), enrolment.version(), step.clone()))
}

fn rollout_scope(enrolment: &Enrolment) -> Option<Scope> {
    enrolment.pending_transfer().map(|transfer| Scope::Rollout(transfer.rollout.clone()))
}
