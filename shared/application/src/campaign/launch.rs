//! Gives the enrolments of a launched or resumed campaign their next times, a page together. Their hints are packed
//! and put first, because an enrolment that waits without a hint would never be found.

use crate::campaign::due_step::step_hint;
use crate::campaign::enrol::{
    Next, Scheduling, Waiting, finish, next_move, save_late, save_scheduled, schedule_or_end,
};
use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::late_messages;
use crate::campaign::mailbox_choice::Accounts;
use crate::campaign::planning_context::PlanningContext;
use crate::campaign::quota_booking::book_days;
use crate::ports::store::{StoreError, StoreResult};
use crate::retry;
use domain::AccountId;
use domain::campaign::CampaignState;
use domain::capacity::capacity_calendar::DayBooking;
use domain::capacity::follow_up_load::FollowUps;
use domain::capacity::mailbox_rotation::{MailboxCandidate, choose};
use domain::capacity::quota::{SendingLimits, SlotRequest};
use domain::contact::channel::{Channel, Touch};
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::late_policy::when_late;
use domain::enrolment::late_rule::WhenLate;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::resume_order::GoesOn;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::workspace::account::Account;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Gives each pending enrolment of a launched campaign its first time, on the version that the campaign pinned, and
/// each that was held with its campaign or workspace its next; for a release, each that is held for the released
/// reason. Safe to repeat.
pub async fn schedule_enrolments(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    keys: &[EnrolmentKey],
    goes_on: &GoesOn,
) -> StoreResult<()> {
    if planning.campaign.state != CampaignState::Active {
        return Ok(());
    }
    let now = ports.clock.now();
    let (mut waits, mut over, mut late, mut kept_back) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for enrolment in ports.enrolments.get_many(keys).await? {
        let Some(enrolment) = make_schedulable(enrolment, planning, goes_on, now) else { continue };
        let was_kept_back = enrolment.late_since().is_some();
        match next_move(ports, planning, enrolment, Some(goes_on), now).await {
            Ok(Next::Waits(waiting)) if was_kept_back => kept_back.push(waiting.enrolment),
            Ok(Next::Waits(waiting)) => waits.push(waiting),
            Ok(Next::Late(enrolment)) => late.push(enrolment),
            Ok(Next::Over(enrolment, reason)) => over.push((enrolment, reason)),
            Err(StoreError::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    let mut waits = assign_mailboxes_and_days(ports, planning, waits, &mut over, now).await?;
    // Enrolments that a pause or an outage delayed follow the booked ones and get their slot when their step
    // comes due: booked page by page, they would lose the order in which they were due.
    waits.append(&mut kept_back);
    let hints: Vec<_> = waits.iter().filter_map(|enrolment| step_hint(planning, enrolment)).collect();
    ports.due.put(&hints).await?;
    for enrolment in waits {
        let saved = save_scheduled(ports, &planning.campaign, &enrolment, now).await;
        unless_changed(ports, planning, (enrolment.key(), goes_on), saved).await?;
    }
    if !late.is_empty() {
        late_messages::notify_late_messages(&*ports.notifications, &planning.campaign, now).await?;
    }
    for enrolment in late {
        let saved = save_late(ports, &planning.campaign, &enrolment, now).await;
        unless_changed(ports, planning, (enrolment.key(), goes_on), saved).await?;
    }
    for (enrolment, reason) in over {
        let finished = finish(ports, &planning.campaign, &enrolment, reason, now).await;
        unless_changed(ports, planning, (enrolment.key(), goes_on), finished).await?;
    }
    Ok(())
}

/// Gives every enrolment that is about to write its mailbox. Those that exceed what an account may send in a day get
/// a later day now, instead of being deferred anew each day.
async fn assign_mailboxes_and_days(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    waiting: Vec<Waiting<'_>>,
    over: &mut Vec<(Enrolment, EndReason)>,
    now: Timestamp,
) -> StoreResult<Vec<Enrolment>> {
    let (campaign, version) = (&planning.campaign.id, &planning.version);
    let (mut waits, mut asking) = (Vec::new(), Vec::new());
    for Waiting { enrolment, days_off } in waiting {
        // An enrolment that was paused before the launch is held when it is looked at, and takes no capacity.
        let goes_on = enrolment.version() == version.version && enrolment.wanted_pause(now).is_none();
        let step = enrolment.step().as_ref().filter(|_| goes_on);
        let touch = step.and_then(|step| Some((step, enrolment.touch(version)?)));
        match enrolment.due().zip(touch) {
            Some((due, (step, touch))) => {
                let follow_ups = FollowUps::counted_with((campaign, version), step, touch.opening, days_off);
                asking.push((due, touch, follow_ups, enrolment));
            }
            None => waits.push(enrolment),
        }
    }
    if asking.is_empty() {
        return Ok(waits);
    }
    asking.sort_by_key(|(due, ..)| *due);
    let accounts =
        Accounts::of(&*ports.accounts, (&*ports.breakers, &*ports.quotas), &planning.campaign, now).await?;
    let mut candidates = accounts.candidates.clone();
    let mut lines: BTreeMap<AccountId, Vec<_>> = BTreeMap::new();
    for (due, Touch { channel, opening }, follow_ups, mut enrolment) in asking {
        let wish = SlotRequest { at: due, opening };
        let account = match channel {
            Channel::Sms | Channel::Whatsapp => {
                accounts.texts.get(&channel).map(|account| account.id.clone())
            }
            Channel::Email => expected_at(&mut candidates, &mut enrolment, wish, &follow_ups, now),
        };
        match account {
            Some(account) => lines.entry(account).or_default().push((wish, follow_ups, enrolment)),
            None => waits.push(enrolment),
        }
    }
    for (account, line) in lines {
        let Some((account, limits)) = accounts.limited(&account) else {
            waits.extend(line.into_iter().map(|(.., enrolment)| enrolment));
            continue;
        };
        let own = |wish: &SlotRequest| limits.day_of(wish.at);
        let coming: Vec<DayBooking<'_>> = (line.iter())
            .map(|(wish, follow_ups, _)| DayBooking { from: own(wish), opening: wish.opening, follow_ups })
            .collect();
        let days = book_days(&*ports.quotas, &*ports.clock, (account, limits), &coming).await?;
        for ((wish, _, mut enrolment), day) in line.into_iter().zip(days) {
            if day == own(&wish) {
                waits.push(enrolment);
                continue;
            }
            if let Some(due) = enrolment.due() {
                enrolment.plan_for(limits.same_time_on(due, day));
            }
            match next_move(ports, planning, enrolment, None, now).await {
                Ok(Next::Waits(Waiting { enrolment, .. }) | Next::Late(enrolment)) => waits.push(enrolment),
                Ok(Next::Over(enrolment, reason)) => over.push((enrolment, reason)),
                // The lead was deleted since it was read; the job continues with the others.
                Err(StoreError::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
    }
    Ok(waits)
}

impl Accounts {
    fn limited(&self, id: &AccountId) -> Option<(&Account, &SendingLimits)> {
        let account = self.mailboxes.iter().chain(self.texts.values()).find(|account| account.id == *id)?;
        Some((account, account.limits.as_ref()?))
    }
}

/// Returns the mailbox that the enrolment has, or gives it one now. It is counted there, so that the next ones find
/// less capacity.
fn expected_at(
    candidates: &mut [MailboxCandidate],
    enrolment: &mut Enrolment,
    wish: SlotRequest,
    follow_ups: &FollowUps<'_>,
    now: Timestamp,
) -> Option<AccountId> {
    let own =
        candidates.iter().position(|candidate| Some(&candidate.mailbox) == enrolment.mailbox().as_ref());
    // The planner decides about an enrolment whose mailbox is gone.
    let chosen = match own {
        None if enrolment.knows_mailbox() => return None,
        None => choose(candidates, &enrolment.key().lead, wish, follow_ups)?,
        Some(own) => own,
    };
    candidates[chosen].expect(wish, follow_ups, now);
    let mailbox = candidates[chosen].mailbox.clone();
    enrolment.send_by(mailbox.clone());
    Some(mailbox)
}

/// Schedules an enrolment again, alone, if it was changed meanwhile.
async fn unless_changed(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    (key, goes_on): (&EnrolmentKey, &GoesOn),
    written: StoreResult<Scheduling>,
) -> StoreResult<()> {
    match written {
        Ok(_) | Err(StoreError::NotFound) => Ok(()),
        Err(StoreError::Conflict) => schedule_enrolment(ports, planning, key, goes_on).await.map(drop),
        Err(other) => Err(other),
    }
}

/// Schedules one enrolment.
pub async fn schedule_enrolment(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    key: &EnrolmentKey,
    goes_on: &GoesOn,
) -> StoreResult<Scheduling> {
    if planning.campaign.state != CampaignState::Active {
        return Ok(Scheduling::LeftAlone);
    }
    retry!(async {
        let enrolment = match ports.enrolments.get(key).await {
            Ok(enrolment) => enrolment,
            Err(StoreError::NotFound) => return Ok(Scheduling::LeftAlone),
            Err(other) => return Err(other),
        };
        let now = ports.clock.now();
        let Some(enrolment) = make_schedulable(enrolment, planning, goes_on, now) else {
            return Ok(Scheduling::LeftAlone);
        };
        schedule_or_end(ports, planning, enrolment, now).await
    })
}

/// Returns the enrolment as a launch, resume or release sets it moving; `None` if it has a time, is held for a reason
/// of its own, or has ended.
fn make_schedulable(
    mut enrolment: Enrolment,
    planning: &PlanningContext,
    goes_on: &GoesOn,
    now: Timestamp,
) -> Option<Enrolment> {
    match *enrolment.state() {
        EnrolmentState::Held { reason, .. } if let GoesOn::Released { reason: released, .. } = goes_on => {
            (reason == *released).then(|| enrolment.resume(now))?.ok()?;
            enrolment.clear_lateness();
        }
        _ if matches!(goes_on, GoesOn::Released { .. }) => return None,
        EnrolmentState::Pending => {
            enrolment.launch(&planning.version, now, None);
        }
        EnrolmentState::Held { reason: HoldReason::Late, .. } => {
            let planned = enrolment.planned_if_late(now)?;
            let answer = when_late(&planning.campaign, &planning.calendar, planned);
            (answer != WhenLate::Hold).then(|| enrolment.resume(now))?.ok()?;
        }
        EnrolmentState::Held { reason, .. } if reason.is_of_a_scope() => {
            enrolment.resume(now).ok()?;
        }
        _ => return None,
    }
    Some(enrolment)
}
