use super::*;
use crate::time::time_zone::ZoneName;
use crate::time::weekly_hours::WorkingHours;
use jiff::SignedDuration;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(weekdays: &[u8], ranges: &[(u16, u16)]) -> SendingWindow {
    SendingWindow {
        weekdays: weekdays.to_vec(),
        ranges: ranges.iter().map(|(start, end)| MinuteRange { start: *start, end: *end }).collect(),
        on_holidays: OnHolidays::Skip,
    }
}

fn calendar(zone: &str, weekdays: &[u8], start: u16, end: u16) -> Calendar {
    let hours = WorkingHours {
        zone: ZoneName::parse(zone).unwrap(),
        weekdays: weekdays.to_vec(),
        ranges: vec![MinuteRange { start, end }],
    };
    Calendar { text_senders: [(Channel::Sms, hours)].into(), ..Calendar::default() }
}

fn sms() -> StepKind {
    StepKind::Sms { body: "Hello".to_owned(), template: None, variants: Vec::new() }
}

#[test]
fn hours_are_open_if_all_rules_are_and_next_is_the_first_such_instant() {
    let zone = TimeZone::get("Europe/London").unwrap();
    let window = window(&[1, 2, 3, 4, 5], &[(6 * 60, 23 * 60)]);
    let berlin = calendar("Europe/Berlin", &[1, 2, 4], 10 * 60, 23 * 60);
    let hours = Hours::of_window(&window, zone, DaysOff::NONE).for_step(&sms(), &berlin, None);
    // Tuesday, London: the account from 9 to 22, the lead from 8 to 21, the window from 6 to 23.
    for (from, next) in [
        ("2027-01-05T06:00:00Z", "2027-01-05T09:00:00Z"),
        ("2027-01-05T20:59:00Z", "2027-01-05T20:59:00Z"),
        ("2027-01-05T21:00:00Z", "2027-01-07T09:00:00Z"),
        ("2027-01-07T21:00:00Z", "2027-01-11T09:00:00Z"),
    ] {
        assert_eq!(hours.next(at(from)), Some(at(next)), "{from}");
    }
}

#[test]
fn one_off_text_keeps_quiet_hours_and_one_off_mail_does_not() {
    let zone = TimeZone::get("Europe/London").unwrap();
    let berlin = calendar("Europe/Berlin", &[1, 2, 3, 4, 5], 6 * 60, 24 * 60);
    let hours = berlin.text_senders.get(&Channel::Sms);
    let next = |channel, hours, from| Hours::of_message(channel, zone.clone(), hours).next(at(from));
    // In winter the account opens at five in London.
    for (channel, opens) in [
        (Channel::Email, "2027-01-05T05:00:00Z"),
        (Channel::Sms, "2027-01-05T08:00:00Z"),
        (Channel::Whatsapp, "2027-01-05T08:00:00Z"),
    ] {
        assert_eq!(next(channel, hours, "2027-01-05T03:00:00Z"), Some(at(opens)), "{channel:?}");
    }
    assert_eq!(next(Channel::Sms, None, "2027-01-05T21:00:00Z"), Some(at("2027-01-06T08:00:00Z")));
    assert_eq!(next(Channel::Email, None, "2027-01-05T21:00:00Z"), Some(at("2027-01-05T21:00:00Z")));
}

#[test]
fn hours_that_never_meet_have_no_next_instant() {
    let window = window(&[1], &[(9 * 60, 17 * 60)]);
    let tuesdays = calendar("UTC", &[2], 0, 24 * 60);
    let hours = Hours::of_window(&window, TimeZone::UTC, DaysOff::NONE).for_step(&sms(), &tuesdays, None);
    assert_eq!(hours.next(at("2027-01-05T06:00:00Z")), None);
}

/// The hours are open when all rules are, the first instant is open, and no quarter of an hour before it is, in any zones.
#[test]
fn first_common_instant_is_found() {
    let zones =
        ["Europe/London", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham", "Africa/Casablanca"];
    let mut seed = 5_u64;
    let mut draw = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut found = 0;
    for _ in 0..800 {
        let zone = TimeZone::get(zones[draw(5) as usize]).unwrap();
        let start = draw(1_300) as u16;
        let window = window(&[1, 2, 3, 4, 5, 6, 7][draw(6) as usize..], &[(start, (start + 400) % 1_440)]);
        let opens = draw(1_200) as u16;
        let sender = calendar(zones[draw(5) as usize], &[1, 2, 3, 4, 7], opens, opens + 200);
        let hours = Hours::of_window(&window, zone, DaysOff::NONE).for_step(&sms(), &sender, None);
        let from = Timestamp::from_second(1_800_000_000 + draw(40_000_000) as i64).unwrap();
        let Some(next) = hours.next(from) else { continue };
        assert!(hours.is_open(next) && hours.window().is_open(next));
        assert!(hours.others(next).all(|(_, open, _)| open));
        let mut probe = from;
        while probe < next {
            assert!(!hours.is_open(probe), "{probe} is open, and {next} was found");
            probe += SignedDuration::from_mins(15);
        }
        assert!(next == from || !hours.is_open(next - SignedDuration::from_secs(1)));
        found += 1;
    }
    assert!(found > 200, "{found}");
}
