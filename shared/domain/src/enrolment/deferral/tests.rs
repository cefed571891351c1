use super::*;
use crate::enrolment::ClaimToken;
use crate::enrolment::key::EnrolmentKey;
use crate::ids::{CampaignId, LeadId, SequenceId, StepId, WorkspaceId};
use crate::sequence::step_kind::StepKind;
use crate::sequence::{SequenceVersion, Step};
use crate::time::delay::Delay;
use crate::time::weekly_hours::SendingWindow;
use jiff::SignedDuration;

fn hour(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

/// An enrolment due at hour 10.
fn due() -> Enrolment {
    let (id, delay) = (StepId::derived(hour(0), &["first"]), Delay::NONE);
    let version = SequenceVersion {
        sequence: SequenceId::derived(hour(0), &["s"]),
        version: 1,
        steps: vec![Step { id, delay, not_before: None, not_after: None, kind: StepKind::Wait {} }],
        window: SendingWindow::default(),
    };
    let key = EnrolmentKey {
        workspace: WorkspaceId::derived(hour(0), &["w"]),
        lead: LeadId::derived(hour(0), &["l"]),
        campaign: CampaignId::derived(hour(0), &["c"]),
    };
    let mut enrolment = Enrolment::begin(key, &version, EnrolmentState::Scheduled, None, hour(0));
    enrolment.due = Some(hour(10));
    enrolment
}

fn claimed() -> Enrolment {
    let mut enrolment = due();
    enrolment.claim(&ClaimToken::new(1, "a"), hour(12)).unwrap();
    enrolment
}

#[test]
fn lateness_of_an_outage_adds_up_until_own_limits_defer_the_step() {
    let mut enrolment = due();
    assert!(enrolment.defer(Deferral::Outage, hour(12), hour(11)));
    assert!(enrolment.defer(Deferral::Outage, hour(40), hour(12)));
    assert_eq!(enrolment.planned_if_late(hour(59)), Some(hour(10)), "since the first time");
    assert!(enrolment.defer(Deferral::OwnLimit, hour(50), hour(30)));
    assert_eq!(enrolment.planned_if_late(hour(59)), Some(hour(10)), "looked at before it was due");
    assert!(enrolment.defer(Deferral::OwnLimit, hour(90), hour(50)));
    assert_eq!(enrolment.planned_if_late(hour(91)), None, "the day was full");
    enrolment.claim(&ClaimToken::new(1, "a"), hour(93)).unwrap();
    assert!(enrolment.defer(Deferral::NotTried, hour(94), hour(93)));
    assert_eq!(enrolment.planned_if_late(hour(139)), Some(hour(90)), "refused while the provider was down");
}

#[test]
fn claim_is_given_back_with_or_without_counting_the_try() {
    for (deferral, attempts, planned) in [(Deferral::NotTried, 0, Some(hour(10))), (Deferral::Tried, 1, None)]
    {
        let mut enrolment = claimed();
        assert!(enrolment.defer(deferral, hour(13), hour(11)));
        assert_eq!((&enrolment.state, enrolment.due), (&EnrolmentState::Scheduled, Some(hour(13))));
        assert_eq!((enrolment.attempts, enrolment.late_since), (attempts, planned), "{deferral:?}");
    }
}

#[test]
fn held_step_counts_its_try_and_is_late_from_its_planned_time() {
    for (reason, planned) in [(HoldReason::NotTaken, Some(hour(10))), (HoldReason::MissingValue, None)] {
        let mut enrolment = claimed();
        assert!(enrolment.defer(Deferral::Held(reason), hour(13), hour(11)));
        assert_eq!(enrolment.state, EnrolmentState::Held { reason, until: Some(hour(13)) });
        assert_eq!((enrolment.attempts, enrolment.late_since), (1, planned), "{reason:?}");
    }
}

#[test]
fn deferral_of_a_claim_fails_without_a_claim() {
    for deferral in [Deferral::NotTried, Deferral::Tried, Deferral::Held(HoldReason::NotTaken)] {
        let mut enrolment = due();
        assert!(!enrolment.defer(deferral, hour(13), hour(11)));
        assert_eq!((enrolment.attempts, enrolment.due), (0, Some(hour(10))), "{deferral:?}");
    }
}
