use super::*;
use crate::planning::delay_end::after;
use crate::planning::send_window::Hours;
use crate::time::days_off::DayOff;
use crate::time::delay::{Delay, DelayUnit};
use crate::time::wall_clock::first_instant;
use crate::time::weekly_hours::{MinuteRange, OnHolidays, SendingWindow};
use std::collections::{BTreeMap, BTreeSet};

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(days: &[u8], ranges: &[(u16, u16)]) -> SendingWindow {
    SendingWindow {
        weekdays: days.to_vec(),
        ranges: ranges.iter().map(|(start, end)| MinuteRange { start: *start, end: *end }).collect(),
        on_holidays: OnHolidays::Skip,
    }
}

fn opening<'a>(window: &'a SendingWindow, zone: &TimeZone) -> Opening<'a> {
    Opening { week: window.week(), zone: zone.clone(), days_off: DaysOff::NONE }
}

fn next(window: &SendingWindow, zone: &TimeZone, from: &str) -> Option<Timestamp> {
    opening(window, zone).next(at(from))
}

const EVERY_DAY: [u8; 7] = [1, 2, 3, 4, 5, 6, 7];
const WEEK: [u8; 5] = [1, 2, 3, 4, 5];

#[test]
fn nine_in_the_morning_is_another_instant_after_a_clock_change() {
    let nine = window(&WEEK, &[(9 * 60, 17 * 60)]);
    for (name, from, expected) in [
        ("Europe/London", "2027-03-26T00:00:00Z", "2027-03-26T09:00:00Z"),
        ("Europe/London", "2027-03-26T17:00:00Z", "2027-03-29T08:00:00Z"),
        ("America/New_York", "2027-03-12T05:00:00Z", "2027-03-12T14:00:00Z"),
        ("America/New_York", "2027-03-12T22:00:00Z", "2027-03-15T13:00:00Z"),
        ("America/New_York", "2027-11-05T04:00:00Z", "2027-11-05T13:00:00Z"),
        ("America/New_York", "2027-11-05T21:00:00Z", "2027-11-08T14:00:00Z"),
        ("Australia/Sydney", "2027-04-01T13:00:00Z", "2027-04-01T22:00:00Z"),
        ("Australia/Sydney", "2027-04-02T06:00:00Z", "2027-04-04T23:00:00Z"),
        ("Asia/Kolkata", "2027-01-03T18:30:00Z", "2027-01-04T03:30:00Z"),
    ] {
        assert_eq!(next(&nine, &zone(name), from), Some(at(expected)), "{name} from {from}");
    }
}

#[test]
fn time_in_a_gap_moves_behind_it_and_a_repeated_time_is_its_first() {
    let new_york = zone("America/New_York");
    let gap = window(&EVERY_DAY, &[(150, 300)]);
    assert_eq!(next(&gap, &new_york, "2027-03-14T05:00:00Z"), Some(at("2027-03-14T07:00:00Z")));
    let twice = window(&EVERY_DAY, &[(90, 300)]);
    assert_eq!(next(&twice, &new_york, "2027-11-07T04:00:00Z"), Some(at("2027-11-07T05:30:00Z")));
    let civil = |text: &str| text.parse::<DateTime>().unwrap();
    assert_eq!(first_instant(&new_york, civil("2027-03-14T02:30")), Some(at("2027-03-14T07:00:00Z")));
    assert_eq!(first_instant(&new_york, civil("2027-11-07T01:30")), Some(at("2027-11-07T05:30:00Z")));
    // The clock goes back into a window that had closed: the repeated hour is open again.
    let early = window(&EVERY_DAY, &[(30, 90)]);
    assert_eq!(next(&early, &new_york, "2027-11-07T05:45:00Z"), Some(at("2027-11-07T06:00:00Z")));
}

#[test]
fn ranges_are_half_open_and_may_cross_midnight() {
    let utc = TimeZone::UTC;
    let split = window(&WEEK, &[(9 * 60, 12 * 60), (13 * 60, 17 * 60)]);
    let found = |from: &str| next(&split, &utc, from).unwrap();
    assert_eq!(found("2027-01-04T11:59:59Z"), at("2027-01-04T11:59:59Z"));
    assert_eq!(found("2027-01-04T12:00:00Z"), at("2027-01-04T13:00:00Z"));
    assert_eq!(found("2027-01-08T17:00:00Z"), at("2027-01-11T09:00:00Z"));
    // Friday's night belongs to Friday, also after midnight; Sunday's night is not allowed.
    let night = window(&[5], &[(22 * 60, 2 * 60)]);
    let open = |text: &str| opening(&night, &utc).is_open(at(text));
    assert!(open("2027-01-09T01:59:00Z"));
    assert!(!open("2027-01-09T02:00:00Z"));
    assert!(!open("2027-01-08T01:00:00Z"));
    assert_eq!(next(&night, &utc, "2027-01-09T02:00:00Z"), Some(at("2027-01-15T22:00:00Z")));
}

#[test]
fn day_off_includes_its_night_and_gives_its_name() {
    let own = |date: &str| DayOff { date: date.parse().unwrap(), name: "Outing".to_owned(), yearly: false };
    let (days, night) = ([own("2027-01-07")], window(&WEEK, &[(22 * 60, 2 * 60)]));
    let days_off = DaysOff::of_workspace(&days);
    let shut = Opening { days_off, ..opening(&night, &TimeZone::UTC) };
    // Wednesday's night extends into the day off; the day's own night is off until two on Friday.
    assert!(shut.is_open(at("2027-01-07T01:00:00Z")));
    assert!(!shut.is_open(at("2027-01-08T01:00:00Z")));
    assert_eq!(shut.next(at("2027-01-07T02:00:00Z")), Some(at("2027-01-08T22:00:00Z")));
    let says = |text: &str| shut.occasion(at(text)).map(|occasion| occasion.to_string());
    assert_eq!(says("2027-01-08T01:00:00Z").as_deref(), Some("day off: Outing"));
    assert_eq!(says("2027-01-07T12:00:00Z").as_deref(), Some("day off: Outing"));
    assert_eq!(says("2027-01-07T01:00:00Z"), None);
    assert_eq!(says("2027-01-08T12:00:00Z"), None);
}

#[test]
fn window_without_a_day_or_an_hour_has_no_next_instant() {
    for never in [window(&[], &[(0, 60)]), window(&WEEK, &[])] {
        assert_eq!(next(&never, &TimeZone::UTC, "2027-01-01T00:00:00Z"), None);
    }
}

const FROM: &str = "2026-06-01T00:00:00Z";
const DAYS: i64 = 800;
const A_DAY: i64 = 24 * 60 * 60;

/// A clock of the database: from when on it is how many seconds ahead of UTC, over the time tested.
type Clock = Vec<(i64, i64)>;

/// Each different clock of the database once, with the first zone that keeps it, and the number of all zones.
fn clocks() -> (BTreeMap<Clock, String>, usize) {
    let from = at(FROM).as_second() - 3 * A_DAY;
    let to = from + (DAYS + i64::from(SEARCH_DAYS) + 10) * A_DAY;
    let (mut clocks, mut zones) = (BTreeMap::new(), 0);
    for name in jiff::tz::db().available() {
        let zone = zone(name.as_str());
        let first = Timestamp::from_second(from).unwrap();
        let ahead = |at: Timestamp| i64::from(zone.to_offset(at).seconds());
        let changes = zone.following(first).map(|change| change.timestamp());
        let changes = changes.take_while(|at| at.as_second() < to);
        let clock = [first].into_iter().chain(changes).map(|at| (at.as_second(), ahead(at))).collect();
        clocks.entry(clock).or_insert_with(|| name.to_string());
        zones += 1;
    }
    (clocks, zones)
}

/// The open times from `from` to `to`, computed by arithmetic on seconds alone.
fn open_times(
    clock: &Clock,
    window: &SendingWindow,
    off: &BTreeSet<i64>,
    from: i64,
    to: i64,
) -> Vec<(i64, i64)> {
    let mut found = Vec::new();
    for (i, (since, ahead)) in clock.iter().enumerate() {
        let until = clock.get(i + 1).map_or(to, |next| next.0.min(to));
        let (first, last) = ((since.max(&from) + ahead), until + ahead);
        for day in first.div_euclid(A_DAY) - 1..=last.div_euclid(A_DAY) {
            let weekday = (day + 3).rem_euclid(7) + 1;
            if off.contains(&day) || !window.weekdays.iter().any(|allowed| i64::from(*allowed) == weekday) {
                continue;
            }
            for range in &window.ranges {
                let (start, mut end) = (i64::from(range.start) * 60, i64::from(range.end) * 60);
                if end < start {
                    end += A_DAY;
                }
                let (start, end) = ((day * A_DAY + start).max(first), (day * A_DAY + end).min(last));
                if start < end {
                    found.push((start - ahead, end - ahead));
                }
            }
        }
    }
    found.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (start, end) in found {
        match joined.last_mut() {
            Some(last) if last.1 >= start => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

/// Every clock of the database, every opening of 800 days, windows of all shapes, with and without days off:
/// it is open exactly at the computed times, and from any moment the next opening is found. Zones whose
/// clocks agree all that time count as one.
#[test]
fn opening_matches_the_clock_in_every_zone() {
    let shapes = [
        window(&WEEK, &[(9 * 60, 17 * 60)]),
        window(&EVERY_DAY, &[(0, 90), (150, 151), (20 * 60, 24 * 60)]),
        window(&[2, 7], &[(22 * 60, 3 * 60)]),
        window(&[1, 3, 6, 7], &[(31, 32), (60, 120), (23 * 60, 30)]),
        window(&EVERY_DAY, &[(0, 24 * 60)]),
    ];
    // These include days on which clocks change.
    let off =
        ["2026-11-01", "2026-12-25", "2027-03-14", "2027-03-28", "2027-04-04", "2027-10-31", "2028-01-01"];
    let off = off.map(|date| DayOff { date: date.parse().unwrap(), name: "off".to_owned(), yearly: false });
    let epoch = Date::constant(1970, 1, 1);
    let numbers = off.iter().map(|day| i64::from((day.date - epoch).get_days())).collect();
    let (from, to) = (at(FROM).as_second(), at(FROM).as_second() + DAYS * A_DAY);
    let (clocks, zones) = clocks();
    assert!(zones > 400 && clocks.len() > 40, "{zones} zones, {} clocks", clocks.len());
    let instant = |second: i64| Timestamp::from_second(second).unwrap();
    let mut seen = 0;
    for (clock, name) in &clocks {
        let zone = zone(name);
        for (number, shape) in shapes.iter().enumerate() {
            let with_days_off = number % 2 == 1;
            let (numbers, days_off) = match with_days_off {
                true => (&numbers, DaysOff::of_workspace(&off)),
                false => (&BTreeSet::new(), DaysOff::NONE),
            };
            let opening = Opening { days_off, ..opening(shape, &zone) };
            let mut closed_since = from;
            for (start, end) in open_times(clock, shape, numbers, from, to) {
                let what =
                    || format!("{name}, shape {number}: open from {} to {}", instant(start), instant(end));
                if closed_since < start {
                    let within = closed_since + (start - closed_since) / 2;
                    assert_eq!(opening.next(instant(closed_since)), Some(instant(start)), "{}", what());
                    assert_eq!(opening.next(instant(within)), Some(instant(start)), "{}", what());
                    assert!(!opening.is_open(instant(start - 1)), "{}", what());
                }
                assert!(opening.is_open(instant(start)), "{}", what());
                assert!(opening.is_open(instant(end - 1)), "{}", what());
                assert!(end == to || !opening.is_open(instant(end)), "{}", what());
                closed_since = end;
                seen += 1;
            }
        }
    }
    assert!(seen > 100_000, "{seen}");
}

/// Once a day for 800 days: every working day has one and no day has two, whatever clock changes come.
#[test]
fn daily_step_skips_no_day_and_repeats_none_over_clock_changes() {
    let window = window(&WEEK, &[(9 * 60, 17 * 60)]);
    let daily = Delay { amount: 1, unit: DelayUnit::Days };
    for name in clocks().0.values() {
        let hours = Hours::of_window(&window, zone(name), DaysOff::NONE);
        let mut sent = hours.next(at(FROM)).unwrap();
        for _ in 0..DAYS * 5 / 7 {
            let day = hours.zone().to_datetime(sent).date();
            let mut expected = day.tomorrow().unwrap();
            while !hours.is_working_day(expected) {
                expected = expected.tomorrow().unwrap();
            }
            sent = after(daily, sent, &hours).unwrap();
            assert_eq!(hours.zone().to_datetime(sent).date(), expected, "{name}");
        }
    }
}
