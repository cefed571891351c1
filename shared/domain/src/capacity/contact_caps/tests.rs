use super::*;

#[test]
fn default_caps_are_one_campaign_a_person_and_nothing_else() {
    let caps = Caps::default();
    assert_eq!(
        (caps.minimum_gap(), caps.domain_room("one.example", 9_999), caps.one_campaign),
        (None, None, true)
    );
    assert!(caps.faults().is_empty());
}

#[test]
fn domain_has_room_until_its_cap_is_reached() {
    let caps = Caps { domain_per_day: Some(3), ..Caps::default() };
    let passed: Vec<bool> =
        (1..5).map(|taken| caps.domain_room("one.example", taken).unwrap().passed).collect();
    assert_eq!(passed, [true, true, false, false]);
    assert_eq!(caps.domain_room("one.example", 3).unwrap().seen, "one.example: 3 of 3 today");
}

#[test]
fn workspace_has_room_until_its_cap_is_reached() {
    assert_eq!(Caps::default().room(9_999), None);
    let caps = Caps { messages_per_day: Some(3), ..Caps::default() };
    let passed: Vec<bool> = (1..5).map(|taken| caps.room(taken).unwrap().passed).collect();
    assert_eq!(passed, [true, true, false, false]);
    assert_eq!(caps.room(3).unwrap().seen, "all campaigns: 3 of 3 messages today");
}

#[test]
fn invalid_caps_are_named() {
    let faults = |messages, domain, hours| {
        let (messages_per_day, domain_per_day, hours_apart) = (Some(messages), Some(domain), Some(hours));
        Caps { messages_per_day, domain_per_day, hours_apart, one_campaign: false }.faults().len()
    };
    assert_eq!(faults(0, 0, 0), 3);
    assert_eq!(faults(1_000_001, 100_001, 721), 3);
    assert_eq!(faults(1_000_000, 100_000, 720), 0);
}

#[test]
fn person_is_free_again_after_the_least_time() {
    let last: Timestamp = "2027-01-04T09:00:00Z".parse().unwrap();
    let caps = Caps { hours_apart: Some(20), ..Caps::default() };
    assert_eq!(caps.free_from(Some(last)), Some(last + SignedDuration::from_hours(20)));
    assert_eq!((caps.free_from(None), Caps::default().free_from(Some(last))), (None, None));
}
