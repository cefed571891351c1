use super::*;
use crate::campaign::auto_enrol_rule::AutoEnrolRule;
use crate::ids::derived_ulid;
use crate::lead::filter::LeadFilter;
use jiff::civil::date;

fn auto_enrol_state() -> AutoEnrolState {
    let id = derived_ulid(Timestamp::UNIX_EPOCH, &["x"]);
    AutoEnrolState::unused(WorkspaceId::new(id), CampaignId::new(id))
}

#[test]
fn day_gives_no_more_than_its_places_and_the_next_starts_anew() {
    let mut auto_enrol_state = auto_enrol_state();
    let (friday, saturday) = (date(2026, 11, 20), date(2026, 11, 21));
    assert_eq!(auto_enrol_state.reserve(friday, 5, 3), 3);
    assert_eq!(auto_enrol_state.reserve(friday, 5, 3), 2);
    assert_eq!((auto_enrol_state.reserve(friday, 5, 1), auto_enrol_state.enrolled_on(friday)), (0, 5));
    auto_enrol_state.give_back(2);
    assert_eq!(auto_enrol_state.reserve(friday, 5, 9), 2);
    // The limit of a day is lowered.
    assert_eq!(auto_enrol_state.reserve(friday, 3, 1), 0);
    assert_eq!((auto_enrol_state.enrolled_on(saturday), auto_enrol_state.reserve(saturday, 5, 9)), (0, 5));
    // A clock that is behind still says Friday, which gives no more places.
    assert_eq!((auto_enrol_state.enrolled_on(saturday), auto_enrol_state.reserve(friday, 5, 9)), (5, 0));
    assert_eq!((auto_enrol_state.day, auto_enrol_state.enrolled_on(saturday)), (saturday, 5));
}

#[test]
fn look_is_due_at_first_and_an_hour_after_the_last() {
    let mut auto_enrol_state = auto_enrol_state();
    let at = Timestamp::UNIX_EPOCH;
    let day = date(1970, 1, 1);
    auto_enrol_state.reserve(day, 5, 4);
    assert!(auto_enrol_state.is_due(day, 4, at));
    auto_enrol_state.look = Some(Look { at, ..Look::default() });
    assert!(!auto_enrol_state.is_due(day, 5, at + SignedDuration::from_mins(59)));
    let later = at + SignedDuration::from_mins(60);
    assert!(auto_enrol_state.is_due(day, 5, later));
    assert!(!auto_enrol_state.is_due(day, 4, later), "the day is full");
    assert!(auto_enrol_state.is_due(date(1970, 1, 2), 4, later));
}

#[test]
fn left_out_leads_are_counted_by_reason_without_those_enrolled() {
    let mut look = Look::default();
    for why in
        [EnrolOutcome::Suppressed, EnrolOutcome::Already, EnrolOutcome::Suppressed, EnrolOutcome::Enrolled]
    {
        look.count_left_out(why);
    }
    assert_eq!((look.inside, look.left_out), (1, Outcomes::from([(EnrolOutcome::Suppressed, 2)])));
}

#[test]
fn rule_takes_one_to_a_thousand_leads_a_day() {
    let fault = |per_day| !AutoEnrolRule { filter: LeadFilter::default(), per_day }.faults().is_empty();
    assert_eq!([0, 1, 1_000, 1_001].map(fault), [true, false, false, true]);
    let tagged = |tags| {
        let filter = LeadFilter { tag: vec!["a".to_owned(); tags], ..LeadFilter::default() };
        AutoEnrolRule { filter, per_day: 1 }.faults()
    };
    assert_eq!((tagged(100).len(), tagged(101)[0].0.as_str()), (0, "filter"));
    let long = LeadFilter { category: vec!["a".repeat(201)], ..LeadFilter::default() };
    assert_eq!(AutoEnrolRule { filter: long, per_day: 1 }.faults()[0].0, "filter.category");
    let words = LeadFilter { q: Some("a".repeat(201)), ..LeadFilter::default() };
    assert_eq!(AutoEnrolRule { filter: words, per_day: 1 }.faults()[0].0, "filter.q");
}
