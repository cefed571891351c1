use super::*;
use EnrolOutcome::{Already, Enrolled, GoalReached, Suppressed};

#[test]
fn who_came_in_is_no_reason_and_the_most_frequent_reason_comes_first() {
    let outcomes = Outcomes::from([(Enrolled, 9), (Already, 1), (Suppressed, 4), (GoalReached, 4)]);
    assert_eq!(left_out(&outcomes), [(Suppressed, 4), (GoalReached, 4), (Already, 1)]);
    assert_eq!(left_out(&Outcomes::new()), []);
}
