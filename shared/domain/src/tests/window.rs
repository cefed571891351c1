use super::*;

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
    }
}

const EVERY_DAY: [u8; 7] = [1, 2, 3, 4, 5, 6, 7];
const WEEK: [u8; 5] = [1, 2, 3, 4, 5];

#[test]
fn nine_in_the_morning_is_another_instant_when_the_clocks_change() {
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
        assert_eq!(next_allowed(&nine, &zone(name), at(from)), Some(at(expected)), "{name} from {from}");
    }
}

#[test]
fn a_time_that_never_comes_moves_behind_the_gap_and_one_that_comes_twice_is_the_first() {
    let new_york = zone("America/New_York");
    let gap = window(&EVERY_DAY, &[(150, 300)]);
    let found = next_allowed(&gap, &new_york, at("2027-03-14T05:00:00Z"));
    assert_eq!(found, Some(at("2027-03-14T07:00:00Z")));
    let twice = window(&EVERY_DAY, &[(90, 300)]);
    let found = next_allowed(&twice, &new_york, at("2027-11-07T04:00:00Z"));
    assert_eq!(found, Some(at("2027-11-07T05:30:00Z")));
    let civil = |text: &str| text.parse::<DateTime>().unwrap();
    assert_eq!(first_instant(&new_york, civil("2027-03-14T02:30")), Some(at("2027-03-14T07:00:00Z")));
    assert_eq!(first_instant(&new_york, civil("2027-11-07T01:30")), Some(at("2027-11-07T05:30:00Z")));
    // The clock is put back into a window that had closed: its second pass is open again.
    let early = window(&EVERY_DAY, &[(30, 90)]);
    let found = next_allowed(&early, &new_york, at("2027-11-07T05:45:00Z"));
    assert_eq!(found, Some(at("2027-11-07T06:00:00Z")));
}

#[test]
fn ranges_are_half_open_several_a_day_and_may_cross_midnight() {
    let utc = TimeZone::UTC;
    let split = window(&WEEK, &[(9 * 60, 12 * 60), (13 * 60, 17 * 60)]);
    let next = |from: &str| next_allowed(&split, &utc, at(from)).unwrap();
    assert_eq!(next("2027-01-04T11:59:59Z"), at("2027-01-04T11:59:59Z"));
    assert_eq!(next("2027-01-04T12:00:00Z"), at("2027-01-04T13:00:00Z"));
    assert_eq!(next("2027-01-08T17:00:00Z"), at("2027-01-11T09:00:00Z"));
    // Friday night belongs to Friday, also after midnight; Sunday night is not allowed.
    let night = window(&[5], &[(22 * 60, 2 * 60)]);
    assert!(night.contains(&utc, at("2027-01-09T01:59:00Z")));
    assert!(!night.contains(&utc, at("2027-01-09T02:00:00Z")));
    assert!(!night.contains(&utc, at("2027-01-08T01:00:00Z")));
    let from = at("2027-01-09T02:00:00Z");
    assert_eq!(next_allowed(&night, &utc, from), Some(at("2027-01-15T22:00:00Z")));
}

#[test]
fn a_window_that_cannot_open_is_refused_with_a_reason() {
    assert_eq!(window(&[], &[(0, 60)]).validate(), Err(BadWindow::NoWeekday));
    assert_eq!(window(&[8], &[(0, 60)]).validate(), Err(BadWindow::BadWeekday(8)));
    assert_eq!(window(&[1], &[]).validate(), Err(BadWindow::NoRange));
    assert_eq!(window(&[1], &[(60, 60)]).validate(), Err(BadWindow::BadRange(0)));
    assert_eq!(window(&[1], &[(0, 1441)]).validate(), Err(BadWindow::BadRange(0)));
    assert_eq!(window(&[1], &[(60, 120), (119, 200)]).validate(), Err(BadWindow::Overlap(0, 1)));
    assert_eq!(window(&[1], &[(1200, 120), (60, 200)]).validate(), Err(BadWindow::Overlap(0, 1)));
    assert_eq!(window(&[1], &[(0, 1440)]).validate(), Ok(()));
    assert_eq!(next_allowed(&window(&[], &[(0, 60)]), &TimeZone::UTC, at("2027-01-01T00:00:00Z")), None);
}

/// Every zone of the database, days around clock changes and an ordinary one, windows of several shapes: the answer
/// is open, and no minute before it is.
#[test]
fn the_first_allowed_instant_is_open_and_nothing_before_it_is() {
    let windows = [
        window(&WEEK, &[(9 * 60, 17 * 60)]),
        window(&[2, 7], &[(22 * 60, 3 * 60)]),
        window(&EVERY_DAY, &[(0, 90), (150, 151)]),
    ];
    let starts =
        ["2027-03-13T22:07:30Z", "2027-03-27T23:59:59Z", "2027-10-30T22:30:00Z", "2027-11-07T00:15:00Z"];
    let mut seen = 0;
    for name in jiff::tz::db().available() {
        let zone = zone(name.as_str());
        for window in &windows {
            for start in starts {
                let from = at(start);
                let found = next_allowed(window, &zone, from).unwrap();
                assert!(found >= from && window.contains(&zone, found), "{name} {start} {window:?}");
                let hours = (found.as_second() - from.as_second()) / 3600;
                let step = if hours < 6 { 180 } else { 3600 };
                for second in (from.as_second()..found.as_second()).step_by(step) {
                    let probe = Timestamp::from_second(second).unwrap();
                    assert!(!window.contains(&zone, probe), "{name} {start}: {probe} is open already");
                }
                if found > from {
                    let just_before = found - SignedDuration::from_secs(1);
                    assert!(!window.contains(&zone, just_before), "{name} {start}: opens before {found}");
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 400 * 12, "{seen}");
}
