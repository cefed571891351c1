use super::*;
use crate::campaign::calendar::{FailingAccount, OpenMailbox, SICK_AFTER};
use crate::enrolment::EnrolmentState;
use crate::enrolment::key::EnrolmentKey;
use crate::ids::{CampaignId, MessageId, SequenceId, WorkspaceId};
use crate::sequence::SequenceVersion;
use crate::time::time_zone::ZoneName;
use crate::time::weekly_hours::SendingWindow;
use crate::time::weekly_hours::Week;
use proptest::prelude::*;

fn now() -> Timestamp {
    "2027-01-05T10:00:00Z".parse().unwrap()
}

fn lead(n: usize) -> LeadId {
    LeadId::derived(now(), &[&n.to_string()])
}

fn wish(opening: bool) -> SlotRequest {
    SlotRequest { at: now(), opening }
}

fn alone() -> FollowUps<'static> {
    FollowUps::none(Week::ALWAYS)
}

fn mailbox(n: usize, per_day: Option<u32>) -> MailboxCandidate {
    let mailbox = AccountId::derived(now(), &["mailbox", &n.to_string()]);
    let quota = Quota::unused(WorkspaceId::derived(now(), &["w"]), mailbox.clone());
    let limits = |per_day| SendingLimits {
        per_day,
        gap_seconds: 0,
        jitter_seconds: 0,
        ..SendingLimits::of_a_mailbox(ZoneName::utc())
    };
    let quota = per_day.map(|per_day| (limits(per_day), quota));
    MailboxCandidate { mailbox, hours: None, works: true, quota }
}

fn chosen(candidates: &[MailboxCandidate], n: usize) -> usize {
    choose(candidates, &lead(n), wish(true), &alone()).unwrap()
}

/// How many of so many leads each mailbox gets, one after another.
fn spread(candidates: &mut [MailboxCandidate], people: usize) -> Vec<usize> {
    let mut shares = vec![0; candidates.len()];
    for n in 0..people {
        let index = chosen(candidates, n);
        candidates[index].count_message(wish(true));
        shares[index] += 1;
    }
    shares
}

#[test]
fn no_mailbox_is_chosen_without_candidates() {
    assert_eq!(choose(&[], &lead(1), wish(true), &alone()), None);
}

#[test]
fn mailbox_with_most_room_is_chosen_until_all_have_as_much() {
    let mut candidates = [mailbox(0, Some(10)), mailbox(1, Some(30))];
    assert_eq!(spread(&mut candidates, 20), [0, 20]);
    assert_eq!(spread(&mut candidates, 20), [10, 10]);
}

#[test]
fn mailbox_with_room_today_comes_before_a_full_one() {
    let mut candidates = [mailbox(0, Some(100)), mailbox(1, Some(2))];
    for _ in 0..100 {
        candidates[0].count_message(wish(true));
    }
    assert_eq!(chosen(&candidates, 1), 1);
    // If all are full today, the one with most room on the next day is chosen.
    candidates[1].count_message(wish(true));
    candidates[1].count_message(wish(true));
    assert_eq!(chosen(&candidates, 1), 0);
}

#[test]
fn failing_mailbox_and_one_outside_its_hours_come_last() {
    let mut candidates = [mailbox(0, None), mailbox(1, Some(1)), mailbox(2, Some(1))];
    candidates[0].works = false;
    candidates[1].hours = Some(WorkingHours {
        zone: ZoneName::utc(),
        weekdays: vec![2],
        ranges: vec![crate::time::weekly_hours::MinuteRange { start: 11 * 60, end: 12 * 60 }],
    });
    assert_eq!(chosen(&candidates, 1), 2);
    candidates[2].works = false;
    assert_eq!(chosen(&candidates, 1), 1);
    candidates[1].works = false;
    assert_eq!(chosen(&candidates, 1), 0, "who is at work before who is not");
}

#[test]
fn booked_messages_count_in_the_choice() {
    let mut candidates = [mailbox(0, Some(5)), mailbox(1, Some(5))];
    let mut shares = [0, 0];
    for n in 0..10 {
        let index = chosen(&candidates, n);
        candidates[index].expect(wish(true), &alone(), now());
        shares[index] += 1;
    }
    assert_eq!(shares, [5, 5]);
}

proptest! {
    /// The same lead gets the same mailbox in any order of the candidates; a new mailbox takes leads only to
    /// itself.
    #[test]
    fn draw_is_the_same_for_the_same_lead(n in 0_usize..1_000, count in 1_usize..8) {
        let mut candidates: Vec<MailboxCandidate> = (0..count).map(|n| mailbox(n, None)).collect();
        let first = candidates[chosen(&candidates, n)].mailbox.clone();
        candidates.reverse();
        prop_assert_eq!(&candidates[chosen(&candidates, n)].mailbox, &first);
        candidates.push(mailbox(count, None));
        let then = &candidates[chosen(&candidates, n)].mailbox;
        prop_assert!(*then == first || *then == candidates[count].mailbox);
    }

    /// A full mailbox is not chosen while another has room.
    #[test]
    fn no_room_is_left_unused(most in prop::collection::vec(1_u32..20, 1..6)) {
        let mut candidates: Vec<MailboxCandidate> = most.iter().enumerate().map(|(n, most)| mailbox(n, Some(*most))).collect();
        let people: u32 = most.iter().sum();
        let shares = spread(&mut candidates, people as usize);
        prop_assert_eq!(shares, most.iter().map(|most| *most as usize).collect::<Vec<_>>());
    }
}

#[test]
fn lead_keeps_the_mailbox_that_wrote_before_if_it_is_the_campaigns_and_works() {
    let (ours, other) = (mailbox(0, None).mailbox, mailbox(1, None).mailbox);
    let known = |mailbox: &AccountId| Lead {
        mailbox: Some(mailbox.clone()),
        ..Lead::blank(lead(0), WorkspaceId::derived(now(), &["w"]), now())
    };
    let mut calendar = Calendar::default();
    calendar.mailboxes.insert(ours.clone(), OpenMailbox { name: "Ours".to_owned(), hours: None });
    let begun = |lead: &Lead, calendar: &Calendar| {
        let mut enrolment = enrolment();
        enrolment.keep_to_mailbox(lead, calendar, now());
        enrolment.mailbox().clone()
    };
    assert_eq!(begun(&known(&ours), &calendar), Some(ours.clone()));
    assert_eq!(begun(&known(&other), &calendar), None, "it is none of the campaign's");
    let failing = FailingAccount { name: "Ours".to_owned(), since: now() - SICK_AFTER, at: now() };
    calendar.failing.insert(ours.clone(), failing);
    assert_eq!(begun(&known(&ours), &calendar), None, "it has failed for long");
    let mut chosen = enrolment();
    chosen.send_by(other.clone());
    chosen.keep_to_mailbox(&known(&ours), &Calendar::default(), now());
    assert_eq!(*chosen.mailbox(), Some(other), "what was chosen stays");
}

#[test]
fn ended_campaign_leaves_the_mailbox_that_wrote_and_nothing_else() {
    let mut known = Lead::blank(lead(0), WorkspaceId::derived(now(), &["w"]), now());
    let mut enrolment = enrolment();
    enrolment.send_by(mailbox(0, None).mailbox);
    known.active = [enrolment.key().campaign.clone()].into();
    known.leave(&enrolment);
    assert_eq!((known.active.len(), &known.mailbox), (0, &None), "it was chosen, and has written nothing");
    enrolment.rebuild_with(|it| it.thread = Some(MessageId::derived(&lead(0), &["m"])));
    known.leave(&enrolment);
    assert_eq!(known.mailbox, enrolment.mailbox().clone());
}

fn enrolment() -> Enrolment {
    let version = SequenceVersion {
        sequence: SequenceId::derived(now(), &["s"]),
        version: 1,
        steps: Vec::new(),
        window: SendingWindow::default(),
    };
    let workspace = WorkspaceId::derived(now(), &["w"]);
    let key = EnrolmentKey { workspace, lead: lead(0), campaign: CampaignId::derived(now(), &["c"]) };
    Enrolment::begin(key, &version, EnrolmentState::Scheduled, None, now())
}
