use super::*;
use crate::capacity::capacity_calendar::DayBooking;
use crate::capacity::day_plan::DayAhead;
use crate::capacity::follow_up_load::FollowUps;
use crate::time::weekly_hours::Week;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn limits(per_day: u32) -> SendingLimits {
    SendingLimits {
        zone: ZoneName::parse("Europe/Berlin").expect("it exists"),
        per_day,
        per_hour: None,
        per_minute: None,
        new_per_day: None,
        gap_seconds: 0,
        jitter_seconds: 0,
        ramp_up: None,
    }
}

fn quota() -> Quota {
    let workspace = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]);
    Quota::unused(workspace, AccountId::derived(Timestamp::UNIX_EPOCH, &["mail"]))
}

fn wishes(count: usize, opening: bool, at: Timestamp) -> Vec<SlotRequest> {
    vec![SlotRequest { at, opening }; count]
}

fn slots(places: &[Place]) -> Vec<Timestamp> {
    let slot = |place: &Place| match place {
        Place::Slot(at) => Some(*at),
        Place::About(_) => None,
    };
    places.iter().filter_map(slot).collect()
}

#[test]
fn day_is_full_at_its_limit_by_the_accounts_clock() {
    let (limits, mut quota) = (limits(3), quota());
    // It is 23:00 in Berlin.
    let now = at("2026-03-10T22:00:00Z");
    let places = quota.place(&limits, &wishes(5, true, now), now);
    let midnight = at("2026-03-10T23:00:00Z");
    assert_eq!(slots(&places), [now; 3]);
    assert_eq!(places[3..], [Place::About(midnight), Place::About(midnight)]);
    assert_eq!(quota.left_for(&limits, false, day("2026-03-10")), 0);
    assert_eq!(quota.left_for(&limits, false, day("2026-03-11")), 3);
    assert_eq!(slots(&quota.place(&limits, &wishes(5, true, midnight), midnight)).len(), 3);
}

#[test]
fn two_messages_keep_the_gap_even_if_one_begins_late() {
    let limits = SendingLimits { gap_seconds: 90, jitter_seconds: 30, ..limits(100) };
    let mut quota = quota();
    let now = at("2026-03-10T09:00:00Z");
    let slots = slots(&quota.place(&limits, &wishes(20, true, now), now));
    assert!((6..=8).contains(&slots.len()), "{} in a quarter of an hour", slots.len());
    let gaps: Vec<i64> = slots.windows(2).map(|two| two[1].duration_since(two[0]).as_secs()).collect();
    assert!(gaps.iter().all(|gap| (120..=150).contains(gap)), "{gaps:?}");
    assert!(gaps.iter().any(|gap| *gap != gaps[0]), "drawn anew each time: {gaps:?}");
}

#[test]
fn follow_ups_come_before_first_messages_for_the_same_slot() {
    let limits = SendingLimits { gap_seconds: 300, ..limits(100) };
    let now = at("2026-03-10T09:00:00Z");
    let mut both = wishes(3, true, now);
    both.push(SlotRequest { at: now, opening: false });
    let places = quota().place(&limits, &both, now);
    assert_eq!(places[3], Place::Slot(now));
    // A message that is due later does not keep an earlier slot empty.
    let soon = SlotRequest { at: later(now, SignedDuration::from_mins(8)), opening: false };
    let places = quota().place(&limits, &[soon, both[0]], now);
    assert_eq!(places, [Place::Slot(soon.at), Place::Slot(now)]);
}

#[test]
fn first_messages_leave_room_for_follow_ups() {
    let limits = SendingLimits { new_per_day: Some(2), ..limits(5) };
    let (mut quota, now) = (quota(), at("2026-03-10T09:00:00Z"));
    assert_eq!(slots(&quota.place(&limits, &wishes(5, true, now), now)).len(), 2);
    assert_eq!(slots(&quota.place(&limits, &wishes(5, false, now), now)).len(), 3);
}

#[test]
fn hour_has_its_own_limit() {
    let limits = SendingLimits { per_hour: Some(4), ..limits(100) };
    let (mut quota, now) = (quota(), at("2026-03-10T09:50:00Z"));
    let places = quota.place(&limits, &wishes(6, false, now), now);
    let next_hour = at("2026-03-10T10:00:00Z");
    assert_eq!(slots(&places), [now, now, now, now, next_hour, next_hour]);
    // A call in the last minutes of an hour might be accepted by the provider in the next.
    let late = at("2026-03-10T10:58:00Z");
    assert_eq!(slots(&quota.place(&limits, &wishes(1, false, late), late)), [at("2026-03-10T11:00:00Z")]);
}

#[test]
fn slot_without_a_gap_lasts_until_its_day_or_hour_is_nearly_over() {
    let (slot, limits) = (at("2026-03-10T09:00:00Z"), limits(10_000));
    let hourly = SendingLimits { per_hour: Some(500), ..limits.clone() };
    let apart = SendingLimits { gap_seconds: 60, ..limits.clone() };
    let lasts = |limits: &SendingLimits, now: &str| limits.slot_lasts(slot, at(now));
    assert!(lasts(&limits, "2026-03-10T20:00:00Z"));
    assert!(!lasts(&limits, "2026-03-11T12:00:00Z"));
    assert!(lasts(&hourly, "2026-03-10T09:57:00Z"));
    assert!(!lasts(&hourly, "2026-03-10T09:58:00Z"), "the provider might accept it in the next hour");
    assert!(lasts(&apart, "2026-03-10T09:00:30Z"));
    assert!(!lasts(&apart, "2026-03-10T09:00:31Z"), "the next message would come too soon after it");
}

#[test]
fn limit_per_minute_is_kept_even_if_some_calls_begin_late() {
    let limits = SendingLimits { per_minute: Some(60), ..limits(10_000) };
    let (mut quota, now) = (quota(), at("2026-03-10T09:00:00Z"));
    let slots = slots(&quota.place(&limits, &wishes(1_000, false, now), now));
    assert_eq!(slots.len(), 601, "one and a half seconds apart, for a quarter of an hour");
    let span = SignedDuration::from_mins(1) + LATEST;
    assert!(slots.windows(61).all(|some| some[60].duration_since(some[0]) >= span));
    // A wider gap stays.
    let slow = SendingLimits { gap_seconds: 60, ..limits };
    assert_eq!(slow.spacing(), SignedDuration::from_millis(1_500));
    let mut fresh = Quota::unused(quota.workspace.clone(), quota.account.clone());
    let slow: Vec<Place> = fresh.place(&slow, &wishes(20, false, now), now);
    assert_eq!(slow.iter().filter(|place| matches!(place, Place::Slot(_))).count(), 11);
}

#[test]
fn ramp_up_allows_more_each_day() {
    let ramp_up = Some(RampUp { from: day("2026-03-10"), first_day: 10, daily_increase: 5 });
    let limits = SendingLimits { ramp_up, ..limits(22) };
    let allowed: Vec<u32> =
        ["2026-03-01", "2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13", "2027-01-01"]
            .map(|text| limits.allowed_on(day(text)))
            .into();
    assert_eq!(allowed, [10, 10, 15, 20, 22, 22]);
}

#[test]
fn message_written_by_a_user_counts_and_does_not_wait() {
    let limits = SendingLimits { gap_seconds: 60, ..limits(3) };
    let (mut quota, now) = (quota(), at("2026-03-10T09:00:00Z"));
    quota.note(&limits, now);
    quota.note(&limits, now);
    let places = quota.place(&limits, &wishes(2, false, now), now);
    assert_eq!(
        slots(&places),
        [later(now, SignedDuration::from_secs(90))],
        "after the gap, and only one is left"
    );
}

#[test]
fn account_is_full_until_its_day_or_hour_is_over_and_not_for_the_gap() {
    let limits = SendingLimits { gap_seconds: 600, per_hour: Some(2), ..limits(3) };
    let (mut quota, now) = (quota(), at("2026-03-10T09:20:00Z"));
    assert_eq!(quota.full_until(&limits, now), None);
    quota.note(&limits, now);
    assert_eq!(quota.full_until(&limits, now), None, "the gap holds no message that a user wrote");
    quota.note(&limits, now);
    assert_eq!(quota.full_until(&limits, now), Some(at("2026-03-10T10:00:00Z")));
    let next_hour = at("2026-03-10T10:00:00Z");
    assert_eq!(quota.full_until(&limits, next_hour), None);
    quota.note(&limits, next_hour);
    let full = quota.full_until(&limits, next_hour).unwrap();
    assert_eq!(limits.day_of(full), day("2026-03-11"));
    assert_ne!(limits.day_of(later(full, SignedDuration::from_secs(-1))), day("2026-03-11"), "as it begins");
    assert_eq!(quota.full_until(&limits, full), None);
    quota.give_back(&limits, next_hour, false);
    assert_eq!(quota.full_until(&limits, next_hour), None);
}

#[test]
fn days_ahead_list_expected_and_allowed_messages() {
    let limits = SendingLimits {
        ramp_up: Some(RampUp { from: day("2026-03-10"), first_day: 2, daily_increase: 1 }),
        ..limits(10)
    };
    let now = at("2026-03-10T09:00:00Z");
    let (mut quota, today) = (quota(), day("2026-03-10"));
    quota.place(&limits, &wishes(1, true, now), now);
    let told = |quota: &Quota| {
        let row = |ahead: DayAhead| (ahead.day.to_string(), ahead.expected, ahead.allowed);
        quota.ahead(&limits, today, 3).into_iter().map(row).collect::<Vec<_>>()
    };
    let row = |day: &str, expected, allowed| (day.to_owned(), expected, allowed);
    assert_eq!(told(&quota), [row("2026-03-10", 1, 2), row("2026-03-11", 0, 3), row("2026-03-12", 0, 4)]);
    // A message that was booked for today and has its slot counts once here.
    let follow_ups = FollowUps::none(Week::ALWAYS);
    for _ in 0..4 {
        quota.book_day(&limits, DayBooking { from: today, opening: true, follow_ups: &follow_ups }, today);
    }
    assert_eq!(told(&quota), [row("2026-03-10", 2, 2), row("2026-03-11", 2, 3), row("2026-03-12", 0, 4)]);
}

#[test]
fn invalid_limits_are_named() {
    assert!(limits(40).faults().is_empty());
    let bad = SendingLimits {
        per_hour: Some(9),
        per_minute: Some(0),
        new_per_day: Some(0),
        gap_seconds: 5,
        jitter_seconds: 4_000,
        ramp_up: Some(RampUp { from: day("2026-03-10"), first_day: 9, daily_increase: 0 }),
        ..limits(8)
    };
    let fields: Vec<&str> = bad.faults().iter().map(|(field, _)| *field).collect();
    let expected = [
        "per_hour",
        "per_minute",
        "new_per_day",
        "gap_seconds",
        "jitter_seconds",
        "ramp_up.first_day",
        "ramp_up.daily_increase",
    ];
    assert_eq!(fields, expected);
    assert_eq!(limits(0).faults()[0].0, "per_day");
}

prop_compose! {
    fn any_limits()(
        per_day in 1u32..30,
        per_hour in proptest::option::of(1u32..8),
        per_minute in proptest::option::of(1u32..9),
        new_per_day in proptest::option::of(1u32..20),
        gap_seconds in prop_oneof![Just(0u32), 10u32..900],
        jitter in 0u32..300,
        zone in prop::sample::select(vec!["Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"]),
        ramp in proptest::option::of((1u32..10, 1u32..5)),
    ) -> SendingLimits {
        SendingLimits {
            zone: ZoneName::parse(zone).expect("it exists"),
            per_day,
            per_hour: per_hour.map(|count| count.min(per_day)),
            new_per_day: new_per_day.map(|count| count.min(per_day)),
            per_minute,
            gap_seconds,
            jitter_seconds: if gap_seconds == 0 { 0 } else { jitter },
            ramp_up: ramp.map(|(first_day, daily_increase)| RampUp {
                from: "2026-03-28".parse().expect("a day"), first_day: first_day.min(per_day), daily_increase,
            }),
        }
    }
}

proptest! {
    /// Every limit holds for all slots given out, whatever is asked, when and in which order, also over a
    /// clock change.
    #[test]
    fn no_limit_is_ever_broken(
        limits in any_limits(),
        rounds in prop::collection::vec((0i64..3_600, prop::collection::vec((-600i64..900, any::<bool>()), 0..12)), 1..60),
    ) {
        prop_assert!(limits.faults().is_empty());
        let (mut quota, mut now) = (quota(), at("2026-03-28T15:00:00Z"));
        let mut given: Vec<(Timestamp, bool)> = Vec::new();
        for (pause, wanted) in rounds {
            now = later(now, SignedDuration::from_secs(pause));
            let wishes: Vec<SlotRequest> = wanted.iter()
                .map(|(offset, opening)| SlotRequest { at: later(now, SignedDuration::from_secs(*offset)), opening: *opening })
                .collect();
            for (wish, place) in wishes.iter().zip(quota.place(&limits, &wishes, now)) {
                let (Place::Slot(at) | Place::About(at)) = place;
                prop_assert!(at >= wish.at && at >= now);
                if let Place::Slot(at) = place {
                    prop_assert!(at <= later(now, HORIZON));
                    given.push((at, wish.opening));
                } else {
                    prop_assert!(at > later(now, HORIZON));
                }
            }
        }
        given.sort();
        let (mut days, mut news, mut hours) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (slot, opening) in &given {
            // The end of a claim's life, too, is before the limit's end.
            let begins = [0, 30, 120, 600, 3_600, 40_000].map(|late| later(*slot, SignedDuration::from_secs(late)));
            prop_assert!(limits.slot_lasts(*slot, begins[1]));
            for begun in begins.into_iter().filter(|begun| limits.slot_lasts(*slot, *begun)) {
                let taken = later(begun, SignedDuration::from_secs(120));
                let local = taken.to_zoned(limits.zone.zone());
                prop_assert_eq!(local.date(), limits.day_of(*slot));
                if limits.per_hour.is_some() {
                    prop_assert_eq!(local.hour(), limits.local(*slot).hour());
                }
            }
            *days.entry(limits.day_of(*slot)).or_insert(0) += 1;
            *news.entry(limits.day_of(*slot)).or_insert(0) += u32::from(*opening);
            let local = limits.local(*slot);
            *hours.entry((local.date(), local.hour(), local.offset())).or_insert(0) += 1;
        }
        for (day, count) in days {
            prop_assert!(count <= limits.allowed_on(day), "{} on {}", count, day);
            prop_assert!(limits.new_per_day.is_none_or(|most| news[&day] <= most));
        }
        prop_assert!(limits.per_hour.is_none_or(|most| hours.values().all(|count| *count <= most)));
        if let Some(most) = limits.per_minute {
            let span = SignedDuration::from_mins(1) + LATEST;
            let most = usize::try_from(most).unwrap();
            prop_assert!(given.windows(most + 1).all(|some| some[most].0.duration_since(some[0].0) >= span));
        }
        if limits.gap_seconds > 0 {
            let gap = SignedDuration::from_secs(i64::from(limits.gap_seconds)) + LATEST;
            prop_assert!(given.windows(2).all(|two| two[1].0.duration_since(two[0].0) >= gap));
        }
    }
}

#[test]
fn tightest_limit_sets_the_messages_of_an_hour() {
    assert_eq!(limits(2_000).most_an_hour(), 2_000);
    assert_eq!(SendingLimits { per_minute: Some(10), ..limits(2_000) }.most_an_hour(), 600);
    assert_eq!(SendingLimits { per_hour: Some(150), ..limits(2_000) }.most_an_hour(), 150);
    assert_eq!(SendingLimits { gap_seconds: 90, ..limits(2_000) }.most_an_hour(), 40);
    assert_eq!(SendingLimits { gap_seconds: 90, ..limits(20) }.most_an_hour(), 20);
}
