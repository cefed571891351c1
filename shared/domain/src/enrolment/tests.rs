use super::*;
use crate::CampaignId;
use crate::LeadId;
use crate::WorkspaceId;
use crate::enrolment::deferral::Deferral;
use crate::sequence::Step;
use crate::sequence::step_kind::StepKind;
use crate::time::delay::Delay;
use crate::time::weekly_hours::SendingWindow;
use jiff::ToSpan;

fn step(name: &str) -> Step {
    Step {
        id: StepId::derived(Timestamp::UNIX_EPOCH, &[name]),
        delay: Delay::NONE,
        not_before: None,
        not_after: None,
        kind: StepKind::Wait {},
    }
}

fn version() -> SequenceVersion {
    SequenceVersion {
        sequence: SequenceId::derived(Timestamp::UNIX_EPOCH, &["s"]),
        version: 1,
        steps: vec![step("first"), step("second")],
        window: SendingWindow::default(),
    }
}

fn enrolment() -> Enrolment {
    let at = Timestamp::UNIX_EPOCH;
    let key = EnrolmentKey {
        workspace: WorkspaceId::derived(at, &["w"]),
        lead: LeadId::derived(at, &["l"]),
        campaign: CampaignId::derived(at, &["c"]),
    };
    let version = SequenceVersion { steps: vec![], ..version() };
    Enrolment::begin(key, &version, EnrolmentState::Pending, None, at)
}

fn later(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + minutes.minutes()
}

#[test]
fn step_is_claimed_once_then_advances_to_the_next() {
    let mut enrolment = enrolment();
    assert_eq!(enrolment.step, None, "the draft was empty");
    let version = version();
    assert!(enrolment.launch(&version, later(1), Some(later(2))));
    assert_eq!(enrolment.step, version.first());
    assert!(!enrolment.launch(&version, later(3), None));
    enrolment.claim(&crate::enrolment::ClaimToken::new(1, "a"), later(9)).unwrap();
    assert_eq!(
        enrolment.claim(&crate::enrolment::ClaimToken::new(1, "b"), later(9)),
        Err(IllegalEnrolmentMove::Claimed)
    );
    assert!(enrolment.defer(Deferral::Tried, later(5), later(4)));
    assert_eq!((enrolment.attempts, enrolment.due), (1, Some(later(5))));
    enrolment.claim(&crate::enrolment::ClaimToken::new(1, "c"), later(9)).unwrap();
    let second = version.after(&version.steps[0].id);
    enrolment.advance(later(6), second.clone(), Some(later(60)));
    assert_eq!((enrolment.step.clone(), enrolment.generation), (second, 1));
    assert_eq!((enrolment.attempts, enrolment.anchor), (0, later(6)));
    assert_eq!(enrolment.state, EnrolmentState::Scheduled);
    enrolment.advance(later(61), version.after(&version.steps[1].id), None);
    assert_eq!(enrolment.state, EnrolmentState::Ended { reason: EndReason::Finished });
    assert_eq!(
        enrolment.claim(&crate::enrolment::ClaimToken::new(1, "d"), later(99)),
        Err(IllegalEnrolmentMove::Ended)
    );
}

#[test]
fn ended_enrolment_stays_ended() {
    let mut enrolment = enrolment();
    enrolment.claim(&crate::enrolment::ClaimToken::new(1, "a"), later(9)).unwrap();
    enrolment.end(EndReason::Replied, later(3));
    enrolment.advance(later(4), version().first(), Some(later(5)));
    assert_eq!(enrolment.state, EnrolmentState::Ended { reason: EndReason::Replied });
    assert_eq!(enrolment.due, None);
    assert_eq!(enrolment.hold(HoldReason::Mailbox, None, later(5)), Err(IllegalEnrolmentMove::Ended));
    assert_eq!(enrolment.resume(later(5)), Err(IllegalEnrolmentMove::Ended));
}

#[test]
fn expired_claim_can_only_be_held_as_uncertain() {
    let mut enrolment = enrolment();
    enrolment.claim(&crate::enrolment::ClaimToken::new(1, "a"), later(9)).unwrap();
    assert!(!enrolment.claim_expired(later(8)));
    let early = enrolment.hold(HoldReason::Uncertain, None, later(8));
    assert_eq!(early, Err(IllegalEnrolmentMove::Claimed));
    assert!(enrolment.claim_expired(later(9)));
    let other = enrolment.hold(HoldReason::CampaignPaused, None, later(9));
    assert_eq!(other, Err(IllegalEnrolmentMove::Claimed));
    enrolment.hold(HoldReason::Uncertain, None, later(9)).unwrap();
    enrolment.resume(later(10)).unwrap();
    assert_eq!((enrolment.state, enrolment.due), (EnrolmentState::Scheduled, Some(later(10))));
}

#[test]
fn stop_during_a_send_keeps_the_claims_expiry() {
    let (mut enrolment, mut quiet) = (enrolment(), enrolment());
    enrolment.claim(&crate::enrolment::ClaimToken::new(1, "a"), later(9)).unwrap();
    enrolment.stop(EndReason::Replied, later(3));
    assert_eq!((enrolment.is_active(), enrolment.claim_open_until), (false, Some(later(9))));
    quiet.stop(EndReason::Replied, later(3));
    assert_eq!(quiet.claim_open_until, None);
}

#[test]
fn pause_before_launch_begins_after_it_takes_the_launched_version() {
    let mut enrolment = Enrolment { state: EnrolmentState::Pending, ..enrolment() };
    enrolment.pause(Some(later(60)), later(1)).unwrap();
    assert_eq!((&enrolment.state, enrolment.due), (&EnrolmentState::Pending, None));
    let launched = SequenceVersion { version: 7, ..version() };
    assert!(enrolment.launch(&launched, later(2), Some(later(3))));
    assert_eq!(enrolment.version, 7);
    let wish = PauseWanted { until: Some(later(60)), reason: HoldReason::PausedByUser };
    assert_eq!((enrolment.wanted_pause(later(2)), enrolment.wanted_pause(later(60))), (Some(wish), None));
}

#[test]
fn pause_with_an_end_holds_until_then_or_waits_for_the_message_under_way() {
    let paused = |state: EnrolmentState, until: Option<Timestamp>| {
        let mut enrolment = Enrolment { state, ..enrolment() };
        enrolment.pause(until, later(1)).unwrap();
        assert!(matches!(enrolment.state, EnrolmentState::Held { reason: HoldReason::PausedByUser, .. }));
        enrolment.due
    };
    assert_eq!(paused(EnrolmentState::Scheduled, Some(later(60))), Some(later(60)));
    assert_eq!(paused(EnrolmentState::Scheduled, None), None);
    let before = EnrolmentState::Held { reason: HoldReason::PausedByUser, until: Some(later(90)) };
    assert_eq!(paused(before, Some(later(60))), Some(later(60)), "a person says another end");
    let under_way =
        EnrolmentState::Claimed { token: crate::enrolment::ClaimToken::new(1, "a"), expires: later(9) };
    let held = |reason| EnrolmentState::Held { reason, until: Some(later(90)) };
    for state in [under_way, held(HoldReason::Uncertain), held(HoldReason::OutOfOffice)] {
        let mut settled_first = Enrolment { state: state.clone(), ..enrolment() };
        settled_first.pause(Some(later(60)), later(1)).unwrap();
        assert_eq!(settled_first.state, state);
        assert_eq!(settled_first.wanted_pause(later(59)), Some(PauseWanted::by_user(Some(later(60)))));
        assert_eq!(settled_first.wanted_pause(later(60)), None, "it is over");
        settled_first.state = EnrolmentState::Scheduled;
        settled_first.pause(None, later(2)).unwrap();
        assert_eq!(settled_first.pause_wanted, None, "it has begun");
    }
    let mut over = enrolment();
    over.end(EndReason::Removed, later(1));
    assert_eq!(over.pause(None, later(2)), Err(IllegalEnrolmentMove::Ended));
}

#[test]
fn absence_holds_unless_a_longer_pause_or_a_message_under_way() {
    let held = |reason, until: Option<i64>| EnrolmentState::Held { reason, until: until.map(later) };
    let away = |state: EnrolmentState| {
        let mut enrolment = Enrolment { state, ..enrolment() };
        let changed = enrolment.hold_while_away(Some(later(60)), later(1));
        let is_away = enrolment.state == held(HoldReason::OutOfOffice, Some(60));
        assert_eq!((changed, enrolment.due == Some(later(60))), (is_away, is_away));
        changed
    };
    for state in [
        EnrolmentState::Scheduled,
        EnrolmentState::WaitingTask,
        held(HoldReason::CampaignPaused, None),
        held(HoldReason::AccountPaused, None),
        held(HoldReason::Mailbox, Some(5)),
        held(HoldReason::PausedByUser, Some(59)),
    ] {
        assert!(away(state.clone()), "{state:?}");
    }
    for state in [
        held(HoldReason::PausedByUser, None),
        held(HoldReason::PausedByUser, Some(60)),
        held(HoldReason::Uncertain, None),
        held(HoldReason::OutOfOffice, Some(30)),
        EnrolmentState::Claimed { token: crate::enrolment::ClaimToken::new(1, "a"), expires: later(9) },
        EnrolmentState::Ended { reason: EndReason::Replied },
    ] {
        assert!(!away(state.clone()), "{state:?}");
    }
}
