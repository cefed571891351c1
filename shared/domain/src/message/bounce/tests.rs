use super::*;

#[test]
fn third_soft_bounce_of_another_step_within_thirty_days_suppresses() {
    let day = |n: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * n);
    assert_eq!(soft_suppression(&[("a", day(0)), ("b", day(9)), ("c", day(29))], day(29)), Some(day(119)));
    assert_eq!(soft_suppression(&[("a", day(0)), ("b", day(9)), ("b", day(29))], day(29)), None);
    assert_eq!(soft_suppression(&[("a", day(0)), ("b", day(9)), ("c", day(31))], day(31)), None);
}
