use super::*;
use crate::enrolment::EnrolmentState;
use crate::enrolment::key::EnrolmentKey;
use crate::enrolment::reasons::HoldReason;
use crate::ids::{CampaignId, LeadId, SequenceId, StepId, TaskId, WorkspaceId};
use crate::sequence::step_kind::StepKind;
use crate::time::delay::{Delay, DelayUnit};
use crate::time::weekly_hours::SendingWindow;

fn hour(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn step(name: &str, delay: Delay) -> Step {
    let id = StepId::derived(hour(0), &[name]);
    Step { id, delay, not_before: None, not_after: None, kind: StepKind::Wait {} }
}

fn version() -> SequenceVersion {
    let day = Delay { amount: 1, unit: DelayUnit::Days };
    SequenceVersion {
        sequence: SequenceId::derived(hour(0), &["s"]),
        version: 1,
        steps: vec![step("first", Delay::NONE), step("at once", Delay::NONE), step("a day later", day)],
        window: SendingWindow::default(),
    }
}

/// An enrolment due at hour 10.
fn due() -> Enrolment {
    let key = EnrolmentKey {
        workspace: WorkspaceId::derived(hour(0), &["w"]),
        lead: LeadId::derived(hour(0), &["l"]),
        campaign: CampaignId::derived(hour(0), &["c"]),
    };
    let mut enrolment = Enrolment::begin(key, &version(), EnrolmentState::Scheduled, None, hour(0));
    enrolment.due = Some(hour(10));
    enrolment
}

#[test]
fn step_is_late_after_two_days() {
    let enrolment = due();
    assert_eq!(enrolment.planned_if_late(hour(58)), None);
    let later = hour(58) + SignedDuration::from_secs(1);
    assert_eq!(enrolment.planned_if_late(later), Some(hour(10)));
}

#[test]
fn pause_or_outage_keeps_the_planned_time_and_a_users_hold_does_not() {
    for reason in [HoldReason::CampaignPaused, HoldReason::SendingStopped, HoldReason::Mailbox] {
        let mut enrolment = due();
        enrolment.hold(reason, None, hour(11)).unwrap();
        enrolment.resume(hour(60)).unwrap();
        assert_eq!((enrolment.due, enrolment.planned_if_late(hour(60))), (Some(hour(60)), Some(hour(10))));
        enrolment.clear_lateness();
        assert_eq!(enrolment.planned_if_late(hour(60)), None, "a person has let it go on");
    }
    for reason in [HoldReason::OutOfOffice, HoldReason::PausedByUser, HoldReason::MissingValue] {
        let mut enrolment = due();
        enrolment.hold(reason, None, hour(11)).unwrap();
        enrolment.resume(hour(60)).unwrap();
        assert_eq!(enrolment.planned_if_late(hour(60)), None, "{reason:?}");
    }
}

#[test]
fn step_without_a_delay_inherits_lateness_from_a_late_wait() {
    let version = version();
    let mut enrolment = due();
    let late = enrolment.planned_if_late(hour(100));
    enrolment.advance(hour(100), Some(version.steps[1].id.clone()), None);
    assert_eq!(enrolment.late_since, None);
    enrolment.inherit_lateness(late, &version);
    assert_eq!(enrolment.planned_if_late(hour(100)), Some(hour(10)));
    enrolment.advance(hour(100), Some(version.steps[2].id.clone()), None);
    enrolment.inherit_lateness(late, &version);
    assert_eq!(enrolment.planned_if_late(hour(200)), None, "its day begins now");
}

#[test]
fn task_or_absence_makes_nothing_late_but_earlier_lateness_stays() {
    let kept_back = |from: i64| {
        let mut enrolment = due();
        enrolment.hold(HoldReason::CampaignPaused, None, hour(11)).unwrap();
        enrolment.resume(hour(from)).unwrap();
        enrolment
    };
    let mut away = kept_back(12);
    away.hold(HoldReason::OutOfOffice, Some(hour(200)), hour(12)).unwrap();
    assert_eq!(away.planned_if_late(hour(201)), None);
    let mut away = kept_back(70);
    away.hold(HoldReason::OutOfOffice, Some(hour(200)), hour(70)).unwrap();
    assert_eq!(away.planned_if_late(hour(201)), Some(hour(10)));
    let mut given = kept_back(100);
    let step = given.step.clone().unwrap();
    given.wait_for(TaskId::for_step(&given.key.lead, &given.key.campaign, &step)).unwrap();
    assert_eq!(given.planned_if_late(hour(300)), None, "a person has it");
}
