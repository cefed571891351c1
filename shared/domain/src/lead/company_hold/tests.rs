use super::*;
use crate::contact::email_address::EmailAddress;
use crate::enrolment::PauseWanted;
use crate::enrolment::key::EnrolmentKey;
use crate::ids::{CampaignId, SequenceId, StepId};
use crate::sequence::step_kind::StepKind;
use crate::sequence::{SequenceVersion, Step};
use crate::time::delay::Delay;
use crate::time::weekly_hours::SendingWindow;

fn day(days: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
}

fn lead(name: &str, email: &str) -> Lead {
    let (id, workspace) = (LeadId::derived(day(0), &[name]), WorkspaceId::derived(day(0), &["w"]));
    let mut lead = Lead::blank(id, workspace, day(0));
    lead.email = EmailAddress::parse(email).ok();
    lead
}

fn enrolment(lead: &Lead) -> Enrolment {
    let step = StepId::derived(day(0), &["first"]);
    let version = SequenceVersion {
        sequence: SequenceId::derived(day(0), &["s"]),
        version: 1,
        steps: vec![Step {
            id: step,
            delay: Delay::NONE,
            not_before: None,
            not_after: None,
            kind: StepKind::Wait {},
        }],
        window: SendingWindow::default(),
    };
    let campaign = CampaignId::derived(day(0), &["c"]);
    let key = EnrolmentKey { workspace: lead.workspace.clone(), lead: lead.id.clone(), campaign };
    Enrolment::begin(key, &version, EnrolmentState::Scheduled, None, day(0))
}

fn answered(since: i64, days: u8) -> ColleagueAnswered {
    let held = CompanyHold::from_reply(&lead("ann", "ann@acme.example"), days, day(since)).unwrap();
    held.concerns(&lead("bob", "bob@acme.example")).unwrap()
}

#[test]
fn reply_concerns_colleagues_at_the_same_company_only() {
    let ann = lead("ann", "ann@acme.example");
    let held = CompanyHold::from_reply(&ann, 5, day(1)).unwrap();
    let concerned = held.concerns(&lead("bob", "bob@acme.example"));
    assert_eq!(concerned, Some(ColleagueAnswered { since: day(1), until: day(6) }));
    assert_eq!(held.concerns(&ann), None, "what they are in is another matter");
    assert_eq!(held.concerns(&lead("eve", "eve@other.example")), None);
    assert_eq!(held.concerns(&lead("tom", "")), None);
}

#[test]
fn free_mail_and_zero_days_make_no_company_hold() {
    assert_eq!(CompanyHold::from_reply(&lead("ann", "ann@gmail.com"), 5, day(1)), None);
    assert_eq!(CompanyHold::from_reply(&lead("ann", ""), 5, day(1)), None);
    assert_eq!(CompanyHold::from_reply(&lead("ann", "ann@acme.example"), 0, day(1)), None);
}

#[test]
fn released_colleague_is_held_again_only_by_a_later_reply() {
    let bob = lead("bob", "bob@acme.example");
    let mut enrolment = enrolment(&bob);
    assert!(enrolment.hold_for_company(answered(1, 5), day(2)));
    let held = EnrolmentState::Held { reason: HoldReason::CompanyAnswered, until: Some(day(6)) };
    assert_eq!((enrolment.state().clone(), enrolment.due()), (held, Some(day(6))));
    assert!(!enrolment.hold_for_company(answered(1, 5), day(2)), "a repeat changes nothing");
    enrolment.resume(day(3)).unwrap();
    assert!(!answered(1, 5).holds(&enrolment, day(3)));
    assert!(answered(2, 5).holds(&enrolment, day(3)));
    assert!(!answered(2, 5).holds(&enrolment, day(7)), "it is over");
}

#[test]
fn later_reply_extends_the_hold() {
    let mut enrolment = enrolment(&lead("bob", "bob@acme.example"));
    assert!(enrolment.hold_for_company(answered(1, 5), day(2)));
    assert!(enrolment.hold_for_company(answered(4, 5), day(4)));
    assert_eq!(enrolment.due(), Some(day(9)));
}

#[test]
fn enrolment_held_otherwise_or_under_way_is_left_to_the_planner() {
    let before = enrolment(&lead("bob", "bob@acme.example"));
    let paused = EnrolmentState::Held { reason: HoldReason::PausedByUser, until: None };
    let claimed =
        EnrolmentState::Claimed { token: crate::enrolment::ClaimToken::new(1, "a"), expires: day(9) };
    for state in [paused, claimed, EnrolmentState::Pending, EnrolmentState::WaitingTask] {
        let mut enrolment = before.clone();
        enrolment.rebuild_with(|it| it.state = state);
        let same = enrolment.clone();
        assert!(!enrolment.hold_for_company(answered(1, 5), day(2)));
        assert_eq!(enrolment, same);
    }
}

#[test]
fn pending_pause_outlives_the_hold_and_an_absence_extends_it_only() {
    let mut enrolment = enrolment(&lead("bob", "bob@acme.example"));
    enrolment.rebuild_with(|it| it.pause_wanted = Some(PauseWanted::by_user(None)));
    assert!(enrolment.hold_for_company(answered(1, 5), day(2)));
    assert!(enrolment.pause_wanted().is_some());
    assert!(!enrolment.hold_while_away(Some(day(5)), day(3)));
    assert!(enrolment.hold_while_away(Some(day(8)), day(3)));
    assert_eq!(enrolment.due(), Some(day(8)));
}

#[test]
fn shorter_pause_does_not_end_the_company_hold() {
    let mut bob = enrolment(&lead("bob", "bob@acme.example"));
    let answer = answered(1, 5);
    assert!(bob.hold_for_company(answer, day(1)));
    bob.pause(Some(day(2)), day(1)).unwrap();
    assert!(answer.holds(&bob, day(2)));
    assert!(!answer.holds(&bob, day(6)), "it is over");
}
