//! Pauses or resumes a lead in all of its campaigns; in each by the rule for one enrolment.

use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::pause::{CannotResume, cancel_pending_pause, pause_enrolment, resume_enrolment_by_user};
use crate::ports::campaigns::CampaignStore;
use crate::ports::store::{StoreError, StoreResult};
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::pause::MoveOutcome;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState, IllegalEnrolmentMove};
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use jiff::Timestamp;

/// The lead's enrolment in one campaign, before and after the action.
#[derive(Debug, Clone, PartialEq)]
pub struct InCampaign {
    pub before: Enrolment,
    pub now: Enrolment,
    pub outcome: MoveOutcome,
}

/// Pauses the lead in each campaign, in the order in which the campaigns were made. Repeating it changes nothing
/// more.
pub async fn pause_lead(
    ports: &EnrolPorts,
    lead: &Lead,
    until: Option<Timestamp>,
    (actor, now): (&Actor, Timestamp),
) -> StoreResult<Vec<InCampaign>> {
    let mut all = Vec::new();
    for before in active_enrolments_of(ports, lead).await? {
        let mut asked = before.clone();
        let done = match asked.pause(until, now) {
            Ok(()) if asked == before => Ok((before.clone(), MoveOutcome::AlreadyPaused)),
            _ => {
                let because = before.key().campaign.as_str();
                let event = Event::new(EventKind::EnrolmentHeld, actor.clone(), now).because(because);
                let stores = (&*ports.enrolments, &*ports.due);
                pause_enrolment(stores, before.key(), until, &event).await.map(|paused| match paused {
                    Ok(paused) if is_paused(&paused) => (paused, MoveOutcome::Paused),
                    Ok(wanted) => (wanted, MoveOutcome::PauseWanted),
                    Err(IllegalEnrolmentMove::Ended) => (before.clone(), MoveOutcome::Ended),
                    Err(_) => (before.clone(), MoveOutcome::Busy),
                })
            }
        };
        all.push(in_campaign(before, done)?);
    }
    Ok(all)
}

/// Resumes what a user paused, or what was held for a new owner. Enrolments held for another reason stay held.
pub async fn resume_lead(
    ports: &EnrolPorts,
    campaigns: &dyn CampaignStore,
    lead: &Lead,
    (actor, now): (&Actor, Timestamp),
) -> StoreResult<Vec<InCampaign>> {
    let mut all = Vec::new();
    for before in active_enrolments_of(ports, lead).await? {
        let event = Event::new(EventKind::EnrolmentResumed, actor.clone(), now)
            .because(before.key().campaign.as_str());
        let as_before = |outcome| (before.clone(), outcome);
        let done = match before.state() {
            EnrolmentState::Ended { .. } => Ok(as_before(MoveOutcome::Ended)),
            EnrolmentState::Held { reason: HoldReason::PausedByUser | HoldReason::OwnerChanged, .. } => {
                resume_enrolment_by_user(ports, campaigns, before.key(), &event).await.map(
                    |moved| match moved {
                        Ok(moved) if moved.is_active() => (moved, MoveOutcome::GoesOn),
                        Ok(over) => (over, MoveOutcome::Ended),
                        Err(CannotResume::Uncertain) => as_before(MoveOutcome::HeldOtherwise),
                        Err(CannotResume::NotHeld) => as_before(MoveOutcome::NotPaused),
                    },
                )
            }
            _ if before.pause_wanted().is_some() => {
                let taken = cancel_pending_pause(&*ports.enrolments, before.key(), &event).await;
                taken.map(|taken| match taken {
                    Some(taken) => (taken, MoveOutcome::WishTakenBack),
                    None => as_before(MoveOutcome::NotPaused),
                })
            }
            EnrolmentState::Held { .. } => Ok(as_before(MoveOutcome::HeldOtherwise)),
            _ => Ok(as_before(MoveOutcome::NotPaused)),
        };
        all.push(in_campaign(before, done)?);
    }
    Ok(all)
}

async fn active_enrolments_of(ports: &EnrolPorts, lead: &Lead) -> StoreResult<Vec<Enrolment>> {
    let key = |campaign: &_| EnrolmentKey {
        workspace: lead.workspace.clone(),
        lead: lead.id.clone(),
        campaign: Clone::clone(campaign),
    };
    let keys: Vec<_> = lead.active.iter().map(key).collect();
    let mut all = ports.enrolments.get_many(&keys).await?;
    all.sort_by(|one, other| one.key().cmp(other.key()));
    Ok(all)
}

/// Tells whether the pause is in force. Before the launch nothing is being sent that must finish first.
fn is_paused(enrolment: &Enrolment) -> bool {
    matches!(
        enrolment.state(),
        EnrolmentState::Pending | EnrolmentState::Held { reason: HoldReason::PausedByUser, .. }
    )
}

fn in_campaign(before: Enrolment, done: StoreResult<(Enrolment, MoveOutcome)>) -> StoreResult<InCampaign> {
    match done {
        Ok((now, outcome)) => Ok(InCampaign { before, now, outcome }),
        // One busy enrolment does not keep the others from the action.
        Err(StoreError::Conflict) => {
            Ok(InCampaign { now: before.clone(), before, outcome: MoveOutcome::Busy })
        }
        Err(other) => Err(other),
    }
}
