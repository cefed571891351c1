use super::*;
use crate::contact::country::Country;
use crate::lead::Lead;
use crate::time::days_off::DaysOff;
use crate::time::weekly_hours::{MinuteRange, OnHolidays, SendingWindow};
use crate::{LeadId, WorkspaceId};
use jiff::tz::TimeZone;

fn at(zone: &TimeZone, clock: &str) -> Timestamp {
    crate::time::wall_clock::first_instant(zone, clock.parse().unwrap()).unwrap()
}

fn weekdays(start: u16, end: u16) -> SendingWindow {
    SendingWindow {
        weekdays: vec![1, 2, 3, 4, 5],
        ranges: vec![MinuteRange { start: start * 60, end: end * 60 }],
        on_holidays: OnHolidays::Skip,
    }
}

fn hours<'a>(zone: &TimeZone, window: &'a SendingWindow) -> Hours<'a> {
    Hours::of_window(window, zone.clone(), DaysOff::NONE)
}

fn days(amount: u32) -> Delay {
    Delay { amount, unit: DelayUnit::Days }
}

fn working_days(amount: u32) -> Delay {
    Delay { amount, unit: DelayUnit::WorkingDays }
}

fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

#[test]
fn delay_counts_from_the_step_before_so_later_steps_move_along() {
    let (zone, window) = (london(), weekdays(7, 16));
    let second = after(days(3), at(&zone, "2027-01-07T10:00"), &hours(&zone, &window)).unwrap();
    assert_eq!(second, at(&zone, "2027-01-11T07:00"));
    let third = after(days(3), second, &hours(&zone, &window)).unwrap();
    assert_eq!(third, at(&zone, "2027-01-14T07:00"));
}

#[test]
fn window_of_whole_days_keeps_the_time_of_day() {
    let (zone, window) = (london(), weekdays(0, 24));
    let a = after(Delay::NONE, at(&zone, "2027-01-04T17:00"), &hours(&zone, &window)).unwrap();
    let b = after(days(3), a, &hours(&zone, &window)).unwrap();
    let c = after(days(3), b, &hours(&zone, &window)).unwrap();
    assert_eq!([a, b, c], ["2027-01-04T17:00", "2027-01-07T17:00", "2027-01-11T17:00"].map(|t| at(&zone, t)));
}

#[test]
fn working_days_skip_weekends_and_holidays() {
    let (zone, window) = (london(), weekdays(9, 17));
    let found = after(working_days(2), at(&zone, "2027-01-08T16:30"), &hours(&zone, &window));
    assert_eq!(found, Some(at(&zone, "2027-01-12T16:30")));
    let now = Timestamp::UNIX_EPOCH;
    let mut lead = Lead::blank(LeadId::derived(now, &["l"]), WorkspaceId::derived(now, &["w"]), now);
    lead.country = Country::parse("GB");
    let british = |window| Hours::of_window(window, zone.clone(), DaysOff::of(&lead, &[]));
    let christmas_eve = at(&zone, "2026-12-24T10:00");
    let found = after(working_days(1), christmas_eve, &british(&window));
    assert_eq!(found, Some(at(&zone, "2026-12-29T10:00")));
    let found = after(days(1), christmas_eve, &british(&window));
    assert_eq!(found, Some(at(&zone, "2026-12-29T09:00")));
    let open_house = SendingWindow { on_holidays: OnHolidays::Send, ..weekdays(9, 17) };
    let found = after(working_days(1), christmas_eve, &british(&open_house));
    assert_eq!(found, Some(at(&zone, "2026-12-25T10:00")));
}

#[test]
fn delay_that_ends_after_the_window_waits_for_the_next() {
    let (zone, window) = (london(), weekdays(7, 16));
    let half_an_hour = Delay { amount: 30, unit: DelayUnit::Minutes };
    let found = after(half_an_hour, at(&zone, "2027-01-05T15:50"), &hours(&zone, &window));
    assert_eq!(found, Some(at(&zone, "2027-01-06T07:00")));
    // However long the step before took, the delay starts when it is completed.
    let found = after(days(2), at(&zone, "2027-01-13T11:00"), &hours(&zone, &window));
    assert_eq!(found, Some(at(&zone, "2027-01-15T11:00")));
    let done = at(&zone, "2027-01-05T11:00");
    assert_eq!(after(Delay::NONE, done, &hours(&zone, &window)), Some(done));
}

#[test]
fn delay_in_days_keeps_the_hour_over_a_clock_change() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let window = weekdays(9, 17);
    let friday = "2027-03-12T14:30:00Z".parse().unwrap();
    assert_eq!(after(days(3), friday, &hours(&zone, &window)), Some("2027-03-15T13:30:00Z".parse().unwrap()));
    let three_days = Delay { amount: 72, unit: DelayUnit::Hours };
    assert_eq!(
        after(three_days, friday, &hours(&zone, &window)),
        Some("2027-03-15T14:30:00Z".parse().unwrap())
    );
}

#[test]
fn empty_window_and_endless_delay_have_no_end() {
    let zone = london();
    let start = at(&zone, "2027-01-05T15:50");
    let never = SendingWindow { weekdays: vec![], ..weekdays(0, 1) };
    for unit in [DelayUnit::Minutes, DelayUnit::Hours, DelayUnit::Days, DelayUnit::WorkingDays] {
        assert_eq!(after(Delay { amount: 1, unit }, start, &hours(&zone, &never)), None);
        assert_eq!(after(Delay { amount: u32::MAX, unit }, start, &hours(&zone, &weekdays(9, 17))), None);
    }
}

/// Any delay in any zone: the answer is in the window, not before the delay is over, and grows with the delay.
#[test]
fn delay_end_is_in_the_window_and_never_early() {
    let zones = ["Europe/London", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca"];
    let units = [DelayUnit::Minutes, DelayUnit::Hours, DelayUnit::Days, DelayUnit::WorkingDays];
    let mut seed = 7_u64;
    let mut draw = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for _ in 0..1_500 {
        let zone = TimeZone::get(zones[draw(5) as usize]).unwrap();
        let unit = units[draw(4) as usize];
        let start = draw(1_400) as u16;
        let window = SendingWindow {
            weekdays: (1..=7).filter(|day| *day == 3 || draw(2) == 1).collect(),
            ranges: vec![MinuteRange { start, end: start + 30 }],
            on_holidays: OnHolidays::Skip,
        };
        let hours = hours(&zone, &window);
        let anchor = Timestamp::from_second(1_800_000_000 + draw(40_000_000) as i64).unwrap();
        let amount = draw(50) as u32;
        let found = after(Delay { amount, unit }, anchor, &hours).unwrap();
        assert!(hours.is_open(found), "{found} {zone:?} {window:?}");
        let least = match unit {
            DelayUnit::Minutes => i64::from(amount) * 60,
            DelayUnit::Hours => i64::from(amount) * 3_600,
            DelayUnit::Days | DelayUnit::WorkingDays => i64::from(amount) * 86_400 - 3_600,
        };
        assert!(found.as_second() - anchor.as_second() >= least.max(0));
        let longer = after(Delay { amount: amount + 1, unit }, anchor, &hours).unwrap();
        assert!(longer >= found);
    }
}
