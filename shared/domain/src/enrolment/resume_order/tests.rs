use super::*;
use crate::enrolment::EnrolmentState;
use crate::enrolment::key::EnrolmentKey;
use crate::ids::{CampaignId, LeadId, SequenceId, WorkspaceId};
use crate::sequence::SequenceVersion;
use crate::time::days_off::DaysOff;
use crate::time::weekly_hours::SendingWindow;
use jiff::tz::TimeZone;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The window Monday to Friday, 9:00 to 17:00.
fn places(resumed: &str) -> Vec<Timestamp> {
    let window = SendingWindow::default();
    let hours = Hours::of_window(&window, TimeZone::UTC, DaysOff::NONE);
    let resumption = Resumption { since: at("2027-01-04T09:00:00Z"), at: at(resumed) };
    let was_due = (0..=24).map(|hour| resumption.since + SignedDuration::from_hours(hour));
    was_due.map(|was_due| resumption.place(was_due, &hours).unwrap()).collect()
}

#[test]
fn resumed_enrolments_come_within_an_hour_in_the_order_they_were_due() {
    let places = places("2027-01-05T10:00:00Z");
    assert!(places.is_sorted());
    assert_eq!(places[0], at("2027-01-05T10:00:00Z"));
    assert!(places[24] <= at("2027-01-05T11:00:00Z"));
    let within =
        |from: &Timestamp| places.iter().filter(|at| (**at - *from).get_seconds().abs() < 60).count();
    assert!(places.iter().all(|from| within(from) == 1), "two of 25 share no minute");
}

#[test]
fn enrolments_resumed_at_night_wait_for_the_morning_and_late_ones_for_the_next() {
    let night = places("2027-01-05T22:00:00Z");
    assert!(night.is_sorted() && night[0] == at("2027-01-06T09:00:00Z") && night[24] > night[0]);
    let evening = places("2027-01-05T16:30:00Z");
    assert!(evening.is_sorted() && evening[0] == at("2027-01-05T16:30:00Z"));
    assert!(evening[24] > at("2027-01-06T09:00:00Z") && evening[24] < at("2027-01-06T10:00:00Z"));
}

#[test]
fn enrolment_due_before_the_known_pause_comes_first() {
    let now = at("2027-01-05T10:00:00Z");
    let resumption = Resumption::at(now);
    assert_eq!(resumption.wait(now - SignedDuration::from_hours(900)), SignedDuration::ZERO);
    assert_eq!(resumption.wait(now), GOES_ON_OVER);
}

#[test]
fn released_enrolments_are_spread_over_an_hour() {
    let window = SendingWindow::default();
    let hours = Hours::of_window(&window, TimeZone::UTC, DaysOff::NONE);
    let now = at("2027-01-05T10:00:00Z");
    let goes_on = GoesOn::Released { reason: HoldReason::MissingValue, at: now };
    let place = |n: usize| {
        let version = SequenceVersion {
            sequence: SequenceId::derived(now, &["s"]),
            version: 1,
            steps: Vec::new(),
            window: SendingWindow::default(),
        };
        let key = EnrolmentKey {
            workspace: WorkspaceId::derived(now, &["w"]),
            lead: LeadId::derived(now, &[&n.to_string()]),
            campaign: CampaignId::derived(now, &["c"]),
        };
        let enrolment = Enrolment::begin(key, &version, EnrolmentState::Scheduled, None, now);
        goes_on.place(&enrolment, &hours).unwrap()
    };
    let mut places: Vec<Timestamp> = (0..600).map(place).collect();
    places.sort();
    assert!(places[0] >= now && places[599] <= now + GOES_ON_OVER);
    let most = (0..60).map(|minute| {
        let from = now + SignedDuration::from_mins(minute);
        places.iter().filter(|at| (0..60).contains(&at.duration_since(from).as_secs())).count()
    });
    assert!(most.max().unwrap() < 30, "ten a minute, more or less");
}
