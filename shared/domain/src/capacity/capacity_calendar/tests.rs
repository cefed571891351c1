use super::*;
use crate::capacity::quota::SlotRequest;
use crate::ids::{AccountId, SequenceId, StepId, WorkspaceId};
use crate::sequence::step_kind::StepKind;
use crate::sequence::{SequenceVersion, Step};
use crate::time::days_off::DaysOff;
use crate::time::delay::{Delay, DelayUnit};
use crate::time::time_zone::ZoneName;
use crate::time::weekly_hours::SendingWindow;
use crate::time::weekly_hours::Week;
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// Limits without a gap: the order within a day does not matter here.
fn limits(per_day: u32) -> SendingLimits {
    let ours = SendingLimits::of_a_mailbox(ZoneName::utc());
    SendingLimits { per_day, gap_seconds: 0, jitter_seconds: 0, ..ours }
}

fn quota() -> Quota {
    let workspace = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]);
    Quota::unused(workspace, AccountId::derived(Timestamp::UNIX_EPOCH, &["mail"]))
}

/// A sequence of mails with so many days between each and the one before.
fn mails(apart: &[u32], unit: DelayUnit, weekdays: &[u8]) -> SequenceVersion {
    let step = |(n, amount): (usize, &u32)| Step {
        id: id(n),
        delay: Delay { amount: *amount, unit },
        not_before: None,
        not_after: None,
        kind: StepKind::Email {
            subject: String::new(),
            body: String::new(),
            template: None,
            variants: Vec::new(),
        },
    };
    SequenceVersion {
        sequence: SequenceId::derived(Timestamp::UNIX_EPOCH, &["s"]),
        version: 1,
        steps: [0].iter().chain(apart).enumerate().map(step).collect(),
        window: SendingWindow { weekdays: weekdays.to_vec(), ..SendingWindow::default() },
    }
}

fn id(n: usize) -> StepId {
    StepId::derived(Timestamp::UNIX_EPOCH, &[&n.to_string()])
}

fn campaign() -> &'static CampaignId {
    static OURS: LazyLock<CampaignId> =
        LazyLock::new(|| CampaignId::derived(Timestamp::UNIX_EPOCH, &["campaign"]));
    &OURS
}

fn all_of(version: &SequenceVersion) -> FollowUps<'_> {
    FollowUps::counted_with((campaign(), version), &id(0), true, DaysOff::NONE)
}

fn line_up(quota: &mut Quota, limits: &SendingLimits, (from, today): (Date, Date), opening: bool) -> Date {
    let follow_ups = &FollowUps::none(Week::ALWAYS);
    quota.book_day(limits, DayBooking { from, opening, follow_ups }, today)
}

#[test]
fn first_messages_are_booked_on_the_first_days_with_room() {
    let limits = SendingLimits { new_per_day: Some(2), ..limits(3) };
    let (mut quota, today) = (quota(), day("2026-03-10"));
    let mut lined: BTreeMap<Date, u32> = BTreeMap::new();
    for _ in 0..6 {
        *lined.entry(line_up(&mut quota, &limits, (today, today), true)).or_default() += 1;
    }
    let days = [("2026-03-10", 2), ("2026-03-11", 2), ("2026-03-12", 2)];
    assert_eq!(lined, days.map(|(text, count)| (day(text), count)).into());
    // Follow-ups use the room that first messages leave; past days are dropped.
    let next = day("2026-03-11");
    assert_eq!(line_up(&mut quota, &limits, (next, next), false), next);
    assert_eq!(line_up(&mut quota, &limits, (next, next), false), day("2026-03-12"));
    assert_eq!(line_up(&mut quota, &limits, (next, next), true), day("2026-03-13"));
    let much_later = day("2026-09-01");
    assert_eq!(line_up(&mut quota, &limits, (much_later, much_later), true), much_later);
    let line = CapacityCalendar { campaign: None, days: vec![1], new: vec![1] };
    assert_eq!((quota.line_from, quota.lines.as_slice()), (much_later, &[line][..]));
    // More than the calendar holds: the rest gathers on its last day.
    let days: Vec<Date> =
        (0..1_000).map(|_| line_up(&mut quota, &limits, (much_later, much_later), true)).collect();
    let last = *days.iter().max().expect("some");
    assert_eq!(last.duration_since(much_later).as_hours() / 24, 179);
    assert_eq!(quota.lines[0].days.len(), LINE_DAYS);
}

#[test]
fn message_is_not_booked_on_a_day_without_a_send_window() {
    let (mut quota, saturday) = (quota(), day("2026-03-14"));
    let version = mails(&[1], DelayUnit::Days, &[1, 2, 3, 4, 5]);
    let follow_ups = &all_of(&version);
    let coming = DayBooking { from: saturday, opening: true, follow_ups };
    assert_eq!(quota.first_free_day(&limits(2), coming), (day("2026-03-16"), 2));
    assert_eq!(quota.book_day(&limits(2), coming, saturday), day("2026-03-16"));
    let line =
        CapacityCalendar { campaign: Some(campaign().clone()), days: vec![0, 0, 1, 1], new: vec![0, 0, 1] };
    assert_eq!(quota.lines, [line]);
}

#[test]
fn first_message_is_not_booked_if_its_follow_up_days_are_full() {
    let (limits, mut quota, monday) = (limits(2), quota(), day("2026-03-09"));
    let version = mails(&[2, 2], DelayUnit::WorkingDays, &[1, 2, 3, 4, 5]);
    let follow_ups = &all_of(&version);
    let coming = DayBooking { from: monday, opening: true, follow_ups };
    let days: Vec<String> =
        (0..6).map(|_| quota.book_day(&limits, coming, monday).strftime("%d").to_string()).collect();
    // Two each on Monday and Tuesday; they come again on Wednesday and Friday, on Thursday and the next Monday.
    assert_eq!(days, ["09", "09", "10", "10", "17", "17"]);
    assert_eq!(quota.booked_on(day("2026-03-11")), 2);
    assert_eq!(quota.booked_on(day("2026-03-16")), 2);
    // Room on the first day alone is not enough.
    let line = CapacityCalendar { campaign: None, days: vec![0, 0, 2], new: Vec::new() };
    let quota = Quota { line_from: monday, lines: vec![line], ..quota };
    assert_eq!(quota.first_free_day(&limits, coming), (day("2026-03-10"), 2));
    let alone = &FollowUps::none(Week::ALWAYS);
    assert_eq!(quota.first_free_day(&limits, DayBooking { follow_ups: alone, ..coming }), (monday, 2));
}

#[test]
fn limit_of_first_messages_is_not_used_up_by_follow_ups() {
    let limits = SendingLimits { new_per_day: Some(2), ..limits(40) };
    let today = day("2026-03-09");
    let line = |days, new| CapacityCalendar { campaign: None, days: vec![days], new: vec![new] };
    let quota = Quota { line_from: today, lines: vec![line(20, 0), line(10, 1)], ..quota() };
    let follow_ups = &FollowUps::none(Week::ALWAYS);
    let coming = DayBooking { from: today, opening: true, follow_ups };
    assert_eq!(quota.first_free_day(&limits, coming), (today, 1));
    assert_eq!(quota.first_free_day(&limits, DayBooking { opening: false, ..coming }), (today, 10));
    let now: Timestamp = "2026-03-09T10:00:00Z".parse().expect("an instant");
    let mut busy = quota;
    busy.place(&limits, &[SlotRequest { at: now, opening: true }], now);
    assert_eq!(busy.first_free_day(&limits, coming), (day("2026-03-10"), 2));
}

#[test]
fn completed_campaign_is_dropped_from_the_calendar() {
    let (limits, mut quota, monday) = (limits(2), quota(), day("2026-03-09"));
    let version = mails(&[1], DelayUnit::Days, &[1, 2, 3, 4, 5, 6, 7]);
    let (theirs, follow_ups) = (&all_of(&version), &FollowUps::none(Week::ALWAYS));
    for _ in 0..2 {
        quota.book_day(&limits, DayBooking { from: monday, opening: true, follow_ups: theirs }, monday);
    }
    let other = DayBooking { from: monday, opening: false, follow_ups };
    assert_eq!(quota.book_day(&limits, other, monday), day("2026-03-11"));
    assert!(quota.forget_campaign(campaign()));
    assert!(!quota.forget_campaign(campaign()));
    assert_eq!([monday, day("2026-03-10"), day("2026-03-11")].map(|day| quota.booked_on(day)), [0, 0, 1]);
}

proptest! {
    /// If all messages go out on the days they were booked for, each follow-up finds room on its own day.
    #[test]
    fn no_follow_up_is_deferred(
        per_day in 1_u32..6,
        new_per_day in prop::option::of(1_u32..3),
        apart in prop::collection::vec(1_u32..6, 0..5),
        weekdays in prop::sample::subsequence(vec![1_u8, 2, 3, 4, 5, 6, 7], 1..=7),
        working_days in any::<bool>(),
        people in 1_usize..60,
    ) {
        let new_per_day = new_per_day.map(|new| new.min(per_day));
        let (limits, mut quota) = (SendingLimits { new_per_day, ..limits(per_day) }, quota());
        let unit = if working_days { DelayUnit::WorkingDays } else { DelayUnit::Days };
        let (version, today) = (mails(&apart, unit, &weekdays), day("2026-03-09"));
        let follow_ups = &all_of(&version);
        let end = today.saturating_add(i64::try_from(LINE_DAYS - 1)?.days());
        let mut sent: BTreeMap<Date, u32> = BTreeMap::new();
        let mut begun: BTreeMap<Date, u32> = BTreeMap::new();
        for _ in 0..people {
            let first = quota.book_day(&limits, DayBooking { from: today, opening: true, follow_ups }, today);
            // Messages that do not fit gather on the last day.
            if first >= end {
                continue;
            }
            *begun.entry(first).or_default() += 1;
            prop_assert!(follow_ups.allow(first), "on {first} nobody is written to");
            let later = follow_ups.after(first).map(|after| first.saturating_add(i64::from(after).days()));
            for day in later.chain([first]) {
                *sent.entry(day).or_default() += 1;
            }
        }
        for (day, sent) in sent.iter().filter(|(day, _)| **day < end) {
            prop_assert!(*sent <= per_day, "{sent} on {day}");
        }
        for (day, begun) in begun {
            prop_assert!(begun <= new_per_day.unwrap_or(per_day), "{begun} begin on {day}");
        }
    }
}
