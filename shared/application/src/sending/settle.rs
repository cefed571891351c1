//! Attempts that never told how they ended: the recorded message tells, or nobody knows.

use super::outcome::{first_contact, lost_message, move_on, uncertain};
use super::step::{Scene, end};
use super::{Afterwards, SendPorts, Sent, seconds_until};
use crate::store::{StoreError, StoreResult};
use domain::MessageId;
use domain::enrolment::{EndReason, Enrolment};
use domain::message::MessageState;

/// A claim ran out. The recorded message tells how it ended; without one nobody knows, and nothing is sent again.
pub(super) async fn unconfirmed(
    ports: &SendPorts,
    scene: &Scene,
    enrolment: Enrolment,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let Some(step) = scene.version.steps.get(usize::from(enrolment.step)) else { return Ok(Sent::Done) };
    let id = MessageId::for_step(&enrolment.key.lead, &enrolment.key.campaign, &step.id);
    match ports.messages.get(&enrolment.key.workspace, &id).await {
        Ok(message) if message.accepted_at.is_some() => {
            let at = message.accepted_at.unwrap_or(now);
            first_contact(ports, &scene.file.lead, at).await?;
            move_on(scene, enrolment, &message, at, now, number, afterwards);
            Ok(Sent::Done)
        }
        Ok(message) if message.state == MessageState::Failed => {
            end(enrolment, EndReason::Failed, now, number, afterwards);
            Ok(Sent::Done)
        }
        Ok(_) | Err(StoreError::NotFound) => {
            let lost = lost_message(scene, &enrolment, step, now);
            uncertain(ports, scene, enrolment, lost, now, number, afterwards).await?;
            Ok(Sent::Done)
        }
        Err(other) => Err(other),
    }
}

/// Stopped while it was being sent: the stop stands, and what became of the message is still written down.
pub(super) async fn stopped_under_way(
    ports: &SendPorts,
    scene: &Scene,
    enrolment: Enrolment,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let step = scene.version.steps.get(usize::from(enrolment.step));
    let (Some(expires), Some(step)) = (enrolment.unsettled, step) else { return Ok(Sent::Done) };
    if expires > now {
        return Ok(Sent::Later(seconds_until(now, expires), "another attempt is at it".to_owned()));
    }
    let id = MessageId::for_step(&enrolment.key.lead, &enrolment.key.campaign, &step.id);
    match ports.messages.get(&enrolment.key.workspace, &id).await {
        Ok(_) => {}
        Err(StoreError::NotFound) => {
            let lost = lost_message(scene, &enrolment, step, now);
            uncertain(ports, scene, enrolment, lost, now, number, afterwards).await?;
        }
        Err(other) => return Err(other),
    }
    Ok(Sent::Done)
}
