use super::*;
use EnrolOutcome::{Already, Enrolled, GoalReached, Suppressed};

#[test]
fn left_out_reasons_come_most_frequent_first_without_enrolled() {
    let outcomes = Outcomes::from([(Enrolled, 9), (Already, 1), (Suppressed, 4), (GoalReached, 4)]);
    assert_eq!(left_out(&outcomes), [(Suppressed, 4), (GoalReached, 4), (Already, 1)]);
    assert_eq!(left_out(&Outcomes::new()), []);
}
