use super::*;
use crate::contact::country::Country;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::{LeadId, WorkspaceId};
use crate::time::country_zone::zones_of;
use crate::time::weekly_hours::WorkingHours;
use jiff::SignedDuration;
use std::cell::Cell;

thread_local! {
    /// How often the first open instant was looked for.
    pub(crate) static SEARCHES: Cell<usize> = const { Cell::new(0) };
}

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
    let berlin = calendar("Europe/Berlin", &[1, 2, 3, 4, 5], 6 * 60, 24 * 60);
    let hours = berlin.text_senders.get(&Channel::Sms);
    let clock = clock(None, Some("GB"));
    let next = |channel, hours, from| Hours::of_message(channel, &clock, hours).next(at(from));
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

fn lead(phone: Option<&str>, country: Option<&str>) -> Lead {
    let at = Timestamp::UNIX_EPOCH;
    let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
    lead.phone = phone.map(|phone| PhoneNumber::parse(phone, None).unwrap());
    lead.country = country.and_then(Country::parse);
    lead
}

fn clock(phone: Option<&str>, country: Option<&str>) -> LeadClock {
    clock_of(&lead(phone, country)).unwrap()
}

fn hour_in(zone: &ZoneName, at: Timestamp) -> i8 {
    at.to_zoned(zone.zone()).hour()
}

/// The hours of a text in this window, to leads of whom this is known.
fn texts<'a>(clock: &LeadClock, window: &'a SendingWindow, calendar: &'a Calendar) -> Hours<'a> {
    let hours = Hours::of_window(window, clock.fact.zone.zone(), DaysOff::NONE).wherever_it_is(clock);
    hours.for_step(&sms(), calendar, None)
}

#[test]
fn no_text_comes_at_night_in_any_zone_of_any_country() {
    let (any_time, calendar) = (window(&[1, 2, 3, 4, 5, 6, 7], &[(0, 24 * 60)]), Calendar::default());
    let mut found = 0;
    for country in Country::all() {
        let Some(clock) = clock_of(&lead(None, Some(country.as_str()))) else { continue };
        let hours = texts(&clock, &any_time, &calendar);
        // Each quarter of an hour of a day in each season.
        for day in
            ["2027-01-05T00:00:00Z", "2027-03-20T00:00:00Z", "2027-07-06T00:00:00Z", "2027-10-30T00:00:00Z"]
        {
            for quarter in 0..96 {
                let now = at(day) + SignedDuration::from_mins(quarter * 15);
                let person = lead(None, Some(country.as_str()));
                assert_eq!(
                    hours.is_open(now),
                    is_awake(&person, now),
                    "{country} {now}: a call keeps to the same"
                );
                if !hours.is_open(now) {
                    continue;
                }
                found += 1;
                for zone in zones_of(country) {
                    assert!((8..21).contains(&hour_in(zone, now)), "{country} {zone} {now}");
                }
            }
            let next = hours.next(at(day));
            assert!(next.is_none_or(|next| hours.is_open(next)));
            assert!(next.is_some() || hours.are_closed_by_unknown_zone(at(day)), "{country}");
        }
    }
    assert!(found > 30_000, "{found}");
}

#[test]
fn text_to_sacramento_keeps_to_the_clock_of_its_area_code() {
    let (any_time, calendar) = (window(&[1, 2, 3, 4, 5, 6, 7], &[(0, 24 * 60)]), Calendar::default());
    let hours = texts(&clock(Some("+19165550123"), None), &any_time, &calendar);
    assert_eq!(hours.next(at("2027-01-05T08:47:00Z")), Some(at("2027-01-05T16:00:00Z")), "8:00 there");
}

#[test]
fn window_of_a_lead_with_an_unknown_zone_is_cut_to_what_is_day_in_all() {
    let calendar = Calendar::default();
    let office = window(&[1, 2, 3, 4, 5, 6, 7], &[(9 * 60, 17 * 60)]);
    let hours = texts(&clock(None, Some("US")), &office, &calendar);
    // It is 13:00 in New York when it is 8:00 in Honolulu.
    assert_eq!(hours.next(at("2027-01-05T14:00:00Z")), Some(at("2027-01-05T18:00:00Z")));
    let mail = Hours::of_window(&office, TimeZone::get("America/New_York").unwrap(), DaysOff::NONE);
    assert_eq!(mail.next(at("2027-01-05T14:00:00Z")), Some(at("2027-01-05T14:00:00Z")), "e-mail keeps it");
    let early = window(&[1, 2, 3, 4, 5, 6, 7], &[(9 * 60, 11 * 60)]);
    let hours = texts(&clock(None, Some("US")), &early, &calendar);
    assert!(
        hours.next(at("2027-01-05T14:00:00Z")).is_none()
            && hours.are_closed_by_unknown_zone(at("2027-01-05T14:00:00Z"))
    );
    let nowhere = LeadClock::unknown(ZoneName::parse("Europe/London").unwrap());
    let hours = texts(&nowhere, &office, &calendar);
    assert!(hours.are_closed_by_unknown_zone(at("2027-01-05T14:00:00Z")), "not even the country is known");
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

#[test]
fn text_by_hand_waits_for_the_morning_unless_the_lead_has_just_written() {
    let night = at("2027-01-05T08:47:00Z");
    let sacramento = lead(Some("+19165550123"), None);
    let from = |channel, heard| by_hand_from(&sacramento, channel, heard, night);
    for channel in [Channel::Sms, Channel::Whatsapp] {
        assert_eq!(from(channel, None), at("2027-01-05T16:00:00Z"), "8:00 there");
        assert_eq!(from(channel, Some(at("2027-01-05T07:40:00Z"))), at("2027-01-05T16:00:00Z"));
        assert_eq!(from(channel, Some(at("2027-01-05T08:00:00Z"))), night, "it is awake");
    }
    assert_eq!(from(Channel::Email, None), night);
    let nowhere = lead(None, None);
    assert_eq!(by_hand_from(&nowhere, Channel::Sms, None, night), night, "nothing tells where it is night");
}
