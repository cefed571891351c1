//! Meetings booked at the sandbox's page, as the product reads the webhooks of both services.

use application::ports::accounts::SecretFields;
use application::ports::provider_events::{MeetingReport, MeetingState, ProviderEvent};
use axum::body::Body;
use domain::workspace::account::{AccountSettings, BookingService};
use http::Request;

use super::connectors::{connected, understood, webhook};
use super::fixture::{World, world};

const SECRET: &str = "a-secret-of-the-webhook";

async fn post(world: &World, path: &str, form: &[(&str, &str)]) -> u16 {
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(serde_urlencoded::to_string(form).unwrap()))
        .unwrap();
    world.call(request).await.0
}

/// Books a meeting, takes another time, and calls it off; returns what the product reads.
async fn life_of_a_meeting(service: &str, via: BookingService) -> Vec<MeetingReport> {
    let world = world();
    let path = "/api/webhooks/bookings/account_1";
    let url = format!("http://app.test{path}");
    let entered = [("service", service), ("url", &url), ("secret", SECRET)];
    assert_eq!(post(&world, "/booking/webhooks", &entered).await, 303);
    let order =
        [("service", service), ("email", "Ann@example.com"), ("name", "Ann"), ("reference", "lead_1")];
    assert_eq!(post(&world, "/booking", &order).await, 303);
    assert_eq!(post(&world, "/booking/0", &[("what", "move")]).await, 303);
    // What is over cannot be called off.
    assert_eq!(post(&world, "/booking/0", &[("what", "cancel")]).await, 409);
    assert_eq!(post(&world, "/booking/1", &[("what", "cancel")]).await, 303);
    world.clock.forward(10);
    world.sandbox.run_due(world.sandbox.now(), &*world.app).await;
    let (providers, settings) = (connected(&world), AccountSettings::Bookings { via });
    let secret = SecretFields::one("signing_secret", SECRET);
    let mut read = Vec::new();
    for request in &webhook(&world, path) {
        for event in understood(&providers, &settings, &secret, request, world.sandbox.now()).await {
            match event {
                ProviderEvent::Meeting(meeting) => read.push(meeting),
                other => panic!("{other:?}"),
            }
        }
    }
    read
}

#[tokio::test]
async fn meeting_at_cal_com_is_booked_moved_by_one_event_and_called_off() {
    let read = life_of_a_meeting("cal_com", BookingService::CalCom).await;
    let [booked, moved, cancelled] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!((booked.state, &booked.replaces), (MeetingState::Booked, &None));
    assert_eq!((moved.state, moved.replaces.as_ref()), (MeetingState::Booked, Some(&booked.booking)));
    assert!(moved.starts_at > booked.starts_at);
    assert_eq!((cancelled.state, &cancelled.booking), (MeetingState::Cancelled, &moved.booking));
    assert_eq!(
        (booked.emails.as_slice(), booked.reference.as_deref()),
        (["ann@example.com".to_owned()].as_slice(), Some("lead_1"))
    );
}

#[tokio::test]
async fn meeting_at_calendly_is_moved_by_two_events() {
    let read = life_of_a_meeting("calendly", BookingService::Calendly).await;
    let [booked, ended, moved, cancelled] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!((ended.state, &ended.booking), (MeetingState::Moved, &booked.booking));
    assert_eq!((moved.state, moved.replaces.as_ref()), (MeetingState::Booked, Some(&booked.booking)));
    assert_eq!((cancelled.state, &cancelled.booking), (MeetingState::Cancelled, &moved.booking));
}
