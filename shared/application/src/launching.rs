//! A launched or resumed campaign's people get their next times, a page together: their hints are packed and put first.

use crate::courses::Course;
use crate::enrolling::{EnrolPorts, Next, Scheduling, finish, go_on, next_move, save_scheduled, step_hint};
use crate::store::{StoreError, StoreResult};
use domain::campaign::CampaignState;
use domain::enrolment::{Enrolment, EnrolmentKey, EnrolmentState, HoldReason};
use domain::sequence::SequenceVersion;
use jiff::Timestamp;

/// Gives each pending enrolment of a launched campaign its first time, on the version the campaign pinned, and each that
/// was held with its campaign or workspace its next. Safe to repeat.
pub async fn schedule_enrolments(
    ports: &EnrolPorts,
    course: &Course,
    keys: &[EnrolmentKey],
) -> StoreResult<()> {
    if course.campaign.state != CampaignState::Active {
        return Ok(());
    }
    let now = ports.clock.now();
    let (mut waits, mut over) = (Vec::new(), Vec::new());
    for enrolment in ports.enrolments.get_many(keys).await? {
        let Some(enrolment) = moving(enrolment, &course.version, now) else { continue };
        match next_move(ports, course, enrolment, now).await {
            Ok(Next::Waits(enrolment)) => waits.push(enrolment),
            Ok(Next::Over(enrolment, reason)) => over.push((enrolment, reason)),
            Err(StoreError::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    let hints: Vec<_> = waits.iter().filter_map(step_hint).collect();
    ports.due.put(&hints).await?;
    for enrolment in waits {
        let saved = save_scheduled(ports, &course.campaign, &enrolment, now).await;
        unless_changed(ports, course, &enrolment.key, saved).await?;
    }
    for (enrolment, reason) in over {
        let finished = finish(ports, &course.campaign, &enrolment, reason, now).await;
        unless_changed(ports, course, &enrolment.key, finished).await?;
    }
    Ok(())
}

/// Whoever was changed by others meanwhile is looked at again, alone.
async fn unless_changed(
    ports: &EnrolPorts,
    course: &Course,
    key: &EnrolmentKey,
    written: StoreResult<Scheduling>,
) -> StoreResult<()> {
    match written {
        Ok(_) | Err(StoreError::NotFound) => Ok(()),
        Err(StoreError::Conflict) => schedule_enrolment(ports, course, key).await.map(drop),
        Err(other) => Err(other),
    }
}

/// One of them.
pub async fn schedule_enrolment(
    ports: &EnrolPorts,
    course: &Course,
    key: &EnrolmentKey,
) -> StoreResult<Scheduling> {
    if course.campaign.state != CampaignState::Active {
        return Ok(Scheduling::LeftAlone);
    }
    for _ in 0..5 {
        let enrolment = match ports.enrolments.get(key).await {
            Ok(enrolment) => enrolment,
            Err(StoreError::NotFound) => return Ok(Scheduling::LeftAlone),
            Err(other) => return Err(other),
        };
        let now = ports.clock.now();
        let Some(enrolment) = moving(enrolment, &course.version, now) else {
            return Ok(Scheduling::LeftAlone);
        };
        match go_on(ports, course, enrolment, now).await {
            Err(StoreError::Conflict) => {}
            other => return other,
        }
    }
    Err(StoreError::Conflict)
}

/// The enrolment as the campaign's start sets it moving; `None` if it has a time, a cause of its own to wait, or has ended.
fn moving(mut enrolment: Enrolment, version: &SequenceVersion, now: Timestamp) -> Option<Enrolment> {
    match enrolment.state {
        EnrolmentState::Pending => {
            enrolment.launch(version, now, None);
        }
        EnrolmentState::Held { reason: HoldReason::CampaignPaused | HoldReason::SendingStopped, .. } => {
            enrolment.resume(now).ok()?;
        }
        _ => return None,
    }
    Some(enrolment)
}
