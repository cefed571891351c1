//! A launched or resumed campaign's people get their next times, a page together: their hints are packed and put first.

use crate::courses::{Course, sender_of};
use crate::enrolling::{EnrolPorts, Next, Scheduling, finish, go_on, next_move, save_scheduled, step_hint};
use crate::paces::line_up;
use crate::store::{StoreError, StoreResult};
use domain::campaign::CampaignState;
use domain::enrolment::{EndReason, Enrolment, EnrolmentKey, EnrolmentState, HoldReason};
use domain::sequence::{Channel, SequenceVersion};
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
    in_line(ports, course, &mut waits, &mut over, now).await?;
    let hints: Vec<_> = waits.iter().filter_map(|enrolment| step_hint(course, enrolment)).collect();
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

/// Who is more than an account may send on a day gets a later one now, and is not put off again each day.
async fn in_line(
    ports: &EnrolPorts,
    course: &Course,
    waits: &mut Vec<Enrolment>,
    over: &mut Vec<(Enrolment, EndReason)>,
    now: Timestamp,
) -> StoreResult<()> {
    let campaign = &course.campaign;
    for channel in [Channel::Email, Channel::Sms] {
        let touched = |enrolment: &Enrolment| {
            let touch = course.version.touch(enrolment.step.as_ref()?)?;
            let due = enrolment.due.filter(|_| enrolment.version == course.version.version)?;
            (touch.channel == channel).then_some((due, touch.opening))
        };
        let (mut asking, others): (Vec<_>, Vec<_>) =
            waits.drain(..).partition(|enrolment| touched(enrolment).is_some());
        *waits = others;
        asking.sort_by_key(|enrolment| enrolment.due);
        let sender = match asking.is_empty() {
            true => None,
            false => sender_of(&*ports.connections, campaign, channel).await?,
        };
        let Some((connection, limits)) =
            sender.as_ref().and_then(|found| Some((found, found.limits.as_ref()?)))
        else {
            waits.append(&mut asking);
            continue;
        };
        let wishes: Vec<_> =
            asking.iter().filter_map(touched).map(|(due, opening)| (limits.day_of(due), opening)).collect();
        let week = course.version.window.week();
        let days = line_up(&*ports.paces, &*ports.clock, (connection, limits), &wishes, week).await?;
        for ((mut enrolment, (own, _)), day) in asking.into_iter().zip(wishes).zip(days) {
            if day == own {
                waits.push(enrolment);
                continue;
            }
            enrolment.due = enrolment.due.map(|due| limits.same_time_on(due, day));
            match next_move(ports, course, enrolment, now).await? {
                Next::Waits(enrolment) => waits.push(enrolment),
                Next::Over(enrolment, reason) => over.push((enrolment, reason)),
            }
        }
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
