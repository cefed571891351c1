//! Pauses and resumes one enrolment for a user, until a set time or until a user resumes it. A send under way is
//! finished first.

use crate::campaign::due_step::due_step;
use crate::campaign::enrol::{Scheduling, resume_enrolment};
use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::planning_context::PlanningContext;
use crate::lead::change::change_lead;
use crate::ports::campaigns::CampaignStore;
use crate::ports::due::{DueStore, Hint};
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::leads::LeadStore;
use crate::ports::store::StoreResult;
use crate::retry;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState, IllegalEnrolmentMove};
use domain::event::Event;
use domain::lead::Lead;
use jiff::Timestamp;

/// Pauses an enrolment. Returns it as it is afterwards, or why it cannot be paused.
pub async fn pause_enrolment(
    (enrolments, due): (&dyn EnrolmentStore, &dyn DueStore),
    key: &EnrolmentKey,
    until: Option<Timestamp>,
    event: &Event,
) -> StoreResult<Result<Enrolment, IllegalEnrolmentMove>> {
    retry!(async {
        let mut enrolment = enrolments.get(key).await?;
        if let Err(illegal) = enrolment.pause(until, event.at) {
            return Ok(Err(illegal));
        }
        if let EnrolmentState::Held { reason: HoldReason::PausedByUser, until: Some(at) } = *enrolment.state()
        {
            due.put(&[Hint { at, what: due_step(&enrolment, None) }]).await?;
        }
        // A step of this enrolment was just being taken.
        let rev = enrolments.save(&enrolment, event).await?;
        Ok(Ok(enrolment.stored_at(rev)))
    })
}

/// Takes back a pending pause, one that waited for a send under way. `None`: there was none.
pub async fn cancel_pending_pause(
    enrolments: &dyn EnrolmentStore,
    key: &EnrolmentKey,
    event: &Event,
) -> StoreResult<Option<Enrolment>> {
    retry!(async {
        let mut enrolment = enrolments.get(key).await?;
        if !enrolment.cancel_wanted_pause() {
            return Ok(None);
        }
        let rev = enrolments.save(&enrolment, event).await?;
        Ok(Some(enrolment.stored_at(rev)))
    })
}

/// The reason why an enrolment stays held although a user resumes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotResume {
    #[error("Delivery of the last message is uncertain. Wait for the check, or say whether it arrived.")]
    Uncertain,
    #[error("Only a paused or held lead can be resumed.")]
    NotHeld,
}

/// Resumes a held enrolment and plans it again from now. Of an enrolment that is being sent, out of office or not
/// launched yet, the pending pause is taken back.
pub async fn resume_enrolment_by_user(
    ports: &EnrolPorts,
    campaigns: &dyn CampaignStore,
    key: &EnrolmentKey,
    event: &Event,
) -> StoreResult<Result<Enrolment, CannotResume>> {
    let enrolment = ports.enrolments.get(key).await?;
    let wished = match enrolment.state() {
        EnrolmentState::Pending
        | EnrolmentState::Claimed { .. }
        | EnrolmentState::Held { reason: HoldReason::Uncertain | HoldReason::OutOfOffice, .. } => true,
        // The pause is pending: it is not held yet, or a task is open.
        EnrolmentState::Scheduled | EnrolmentState::WaitingTask => enrolment.pause_wanted().is_some(),
        _ => false,
    };
    if wished && let Some(enrolment) = cancel_pending_pause(&*ports.enrolments, key, event).await? {
        return Ok(Ok(enrolment));
    }
    // A message that may have arrived is never sent again blindly: evidence or the deadline decides.
    if matches!(enrolment.state(), EnrolmentState::Held { reason: HoldReason::Uncertain, .. }) {
        return Ok(Err(CannotResume::Uncertain));
    }
    if matches!(enrolment.state(), EnrolmentState::Held { reason: HoldReason::OutOfOffice, .. }) {
        clear_out_of_office(&*ports.leads, key, event).await?;
    }
    let campaign = campaigns.get(&key.workspace, &key.campaign).await?;
    let planning = PlanningContext::of_enrolment(ports, campaign, &enrolment).await?;
    if resume_enrolment(ports, &planning, enrolment).await? == Scheduling::LeftAlone {
        return Ok(Err(CannotResume::NotHeld));
    }
    Ok(Ok(ports.enrolments.get(key).await?))
}

/// Clears the lead's out of office: a user knows better than the automatic reply.
async fn clear_out_of_office(leads: &dyn LeadStore, key: &EnrolmentKey, event: &Event) -> StoreResult<()> {
    let change = |lead: &mut Lead| lead.away.take().map(|_| event.clone());
    change_lead(leads, &key.workspace, &key.lead, change).await.map(drop)
}
