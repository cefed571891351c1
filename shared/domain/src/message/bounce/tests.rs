use super::*;

#[test]
fn third_soft_bounce_of_another_step_within_thirty_days_suppresses() {
    let day = |n: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * n);
    assert_eq!(soft_suppression(&[("a", day(0)), ("b", day(9)), ("c", day(29))], day(29)), Some(day(119)));
    assert_eq!(soft_suppression(&[("a", day(0)), ("b", day(9)), ("b", day(29))], day(29)), None);
    assert_eq!(soft_suppression(&[("a", day(0)), ("b", day(9)), ("c", day(31))], day(31)), None);
}

#[test]
fn mailbox_that_refused_is_the_address_its_forward_or_one_of_several_behind_it() {
    for (address, refused, by) in [
        ("ann@one.example", "Ann@One.example", RefusedBy::Address),
        ("ann+news@one.example", "ann@one.example", RefusedBy::Address),
        ("ann@one.example", "nonsense", RefusedBy::Address),
        ("ann@one.example", "ann.private@mailbox.example", RefusedBy::Forward),
        ("ann@one.example", "tom@one.example", RefusedBy::Member),
        ("info@one.example", "tom@one.example", RefusedBy::Member),
        ("info+shop@one.example", "tom@mailbox.example", RefusedBy::Member),
    ] {
        assert_eq!(RefusedBy::of(address, refused), by, "{address} {refused}");
    }
}
