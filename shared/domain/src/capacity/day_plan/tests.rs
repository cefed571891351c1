use super::*;
use crate::capacity::capacity_calendar::DayBooking;
use crate::capacity::follow_up_load::FollowUps;
use crate::capacity::quota::RampUp;
use crate::ids::{AccountId, WorkspaceId};
use crate::time::time_zone::ZoneName;
use crate::time::weekly_hours::MinuteRange;
use crate::time::weekly_hours::Week;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn berlin() -> ZoneName {
    ZoneName::parse("Europe/Berlin").unwrap()
}

/// Limits: 40 a day, at most 10 an hour, ten minutes apart.
fn limits() -> SendingLimits {
    SendingLimits {
        per_hour: Some(10),
        gap_seconds: 570,
        jitter_seconds: 0,
        ..SendingLimits::of_a_mailbox(berlin())
    }
}

fn unused() -> Quota {
    Quota::unused(
        WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]),
        AccountId::derived(Timestamp::UNIX_EPOCH, &["c"]),
    )
}

/// The hours that have anything in them.
fn told(plan: &[HourPlan]) -> Vec<(u8, u32, u32)> {
    assert_eq!(plan.len(), 24);
    let full = plan.iter().filter(|hour| hour.taken + hour.expected > 0);
    full.map(|hour| (hour.hour, hour.taken, hour.expected)).collect()
}

#[test]
fn counts_of_a_day_follow_the_accounts_clock_and_reset_on_the_next() {
    let (limits, mut quota) = (limits(), unused());
    let now = at("2026-03-10T09:50:00Z");
    let wish = SlotRequest { at: now, opening: true };
    quota.place(&limits, &[wish, wish], now);
    let used = quota.used(&limits, now);
    assert_eq!((used.taken, used.taken_new, used.taken_in_hour), (2, 2, 1), "the second one is after eleven");
    assert_eq!(told(&quota.hours_of_today(&limits, None, now)), [(10, 1, 0), (11, 1, 0)]);
    let tomorrow = at("2026-03-11T09:50:00Z");
    let used = quota.used(&limits, tomorrow);
    assert_eq!((used.taken, used.taken_new, used.taken_in_hour), (0, 0, 0));
    assert_eq!(told(&quota.hours_of_today(&limits, None, tomorrow)), []);
    quota.place(&limits, &[SlotRequest { at: tomorrow, opening: true }], tomorrow);
    assert_eq!(told(&quota.hours_of_today(&limits, None, tomorrow)), [(10, 1, 0)]);
}

#[test]
fn booked_messages_come_as_limits_and_sending_hours_allow() {
    let (limits, mut quota) = (limits(), unused());
    let (now, today) = (at("2026-03-10T09:00:00Z"), day("2026-03-10"));
    quota.place(&limits, &[SlotRequest { at: now, opening: true }], now);
    let follow_ups = FollowUps::none(Week::ALWAYS);
    for _ in 0..12 {
        quota.book_day(&limits, DayBooking { from: today, opening: true, follow_ups: &follow_ups }, today);
    }
    // With 600 seconds between them six fit into an hour, and none into its last four minutes.
    assert_eq!(told(&quota.hours_of_today(&limits, None, now)), [(10, 1, 5), (11, 0, 6)]);
    let range = |start, end| MinuteRange { start, end };
    let hours = WorkingHours {
        zone: berlin(),
        weekdays: vec![1, 2, 3, 4, 5],
        ranges: vec![range(14 * 60, 15 * 60), range(16 * 60, 24 * 60)],
    };
    let plan = quota.hours_of_today(&limits, Some(&hours), now);
    assert_eq!(told(&plan), [(10, 1, 0), (14, 0, 6), (16, 0, 5)]);
    let late = at("2026-03-10T22:30:00Z");
    let left: u32 = quota.hours_of_today(&limits, None, late).iter().map(|hour| hour.expected).sum();
    assert!(left <= 3, "{left} in half an hour");
}

#[test]
fn ramp_is_listed_until_it_has_been_full_for_a_week() {
    let ramp_up = Some(RampUp { from: day("2026-03-10"), first_day: 10, daily_increase: 15 });
    let limits = SendingLimits { ramp_up, ..limits() };
    let ramp = limits.ramp(day("2026-03-11"));
    let allowed: Vec<u32> = ramp.iter().map(|day| day.allowed).collect();
    assert_eq!(allowed, [10, 25, 40, 40, 40, 40, 40, 40, 40]);
    assert_eq!((ramp[0].day, ramp[8].day), (day("2026-03-10"), day("2026-03-18")));
    assert_eq!(limits.ramp(day("2026-03-18")).len(), 9);
    assert!(limits.ramp(day("2026-03-19")).is_empty());
    let slow = Some(RampUp { from: day("2026-01-01"), first_day: 1, daily_increase: 1 });
    let slow = SendingLimits { ramp_up: slow, per_day: 400, ..limits };
    let ramp = slow.ramp(day("2026-06-01"));
    assert_eq!((ramp.len(), ramp[0].day), (90, day("2026-05-02")));
    assert!(SendingLimits { ramp_up: None, ..slow }.ramp(day("2026-06-01")).is_empty());
}
