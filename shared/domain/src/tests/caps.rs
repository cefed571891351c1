use super::*;

#[test]
fn without_a_word_there_is_one_campaign_a_person_and_nothing_else() {
    let caps = Caps::default();
    assert_eq!((caps.apart(), caps.domain_room("one.example", 9_999), caps.one_campaign), (None, None, true));
    assert!(caps.faults().is_empty());
}

#[test]
fn a_domain_has_room_until_its_cap_is_reached() {
    let caps = Caps { domain_per_day: Some(3), ..Caps::default() };
    let passed: Vec<bool> =
        (1..5).map(|taken| caps.domain_room("one.example", taken).unwrap().passed).collect();
    assert_eq!(passed, [true, true, false, false]);
    assert_eq!(caps.domain_room("one.example", 3).unwrap().seen, "one.example: 3 of 3 today");
}

#[test]
fn what_cannot_be_kept_is_named() {
    let none = Caps { domain_per_day: Some(0), hours_apart: Some(0), one_campaign: false };
    assert_eq!(none.faults().len(), 2);
    let most = Caps { domain_per_day: Some(100_001), hours_apart: Some(721), one_campaign: false };
    assert_eq!(most.faults().len(), 2);
    let good = Caps { domain_per_day: Some(100_000), hours_apart: Some(720), one_campaign: false };
    assert!(good.faults().is_empty());
}
