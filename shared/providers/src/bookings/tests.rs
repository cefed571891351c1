//! Bookings as both services report them, and what must be refused.

use super::{CalCom, Calendly, calendly};
use crate::reports::{Key, Reports};
use application::ports::accounts::SecretFields;
use application::ports::provider_events::{
    Forged, MeetingReport, MeetingState, ProviderEvent, WebhookRequest,
};
use domain::workspace::account::{AccountSettings, BookingService};
use jiff::Timestamp;
use serde_json::{Value, json};

const CAL_COM: &str = "5910e62016ef5034272c926c27071992a465c2335cecf41851bda071577f4f6d";
const CALENDLY: &str = "1698a50bc74d1ff1db85c4e0a5297c2ad9fdba245d5737cdb789e4cc6e098940";

fn request(header: &str, value: &str, body: &str) -> WebhookRequest {
    WebhookRequest {
        url: "https://app.acme.test/api/webhooks/cal-com/account_1".to_owned(),
        headers: vec![(header.to_owned(), value.to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn cal_com(payload: &Value) -> Vec<ProviderEvent> {
    CalCom
        .translate(&AccountSettings::Bookings { via: BookingService::CalCom }, &payload.to_string())
        .unwrap()
}

fn meeting(events: Vec<ProviderEvent>) -> MeetingReport {
    match <[ProviderEvent; 1]>::try_from(events) {
        Ok([ProviderEvent::Meeting(meeting)]) => meeting,
        other => panic!("{other:?}"),
    }
}

fn calendly_meeting(payload: &Value) -> MeetingReport {
    calendly::translate(&payload.to_string()).unwrap().unwrap()
}

#[test]
fn signature_of_cal_com_covers_the_body_and_must_be_there() {
    let secret = SecretFields::one("signing_secret", "s3cret");
    let verify = |request: &WebhookRequest| CalCom.verify(request, &Key(&secret), at(0));
    let header = "x-cal-signature-256";
    assert!(verify(&request(header, CAL_COM, r#"{"a":1}"#)).is_ok());
    assert_eq!(verify(&request(header, CAL_COM, r#"{"a":2}"#)), Err(Forged::Mismatch));
    assert_eq!(verify(&request(header, "no-secret-provided", r#"{"a":1}"#)), Err(Forged::Missing));
    assert_eq!(verify(&request("x-other", CAL_COM, r#"{"a":1}"#)), Err(Forged::Missing));
    let none = SecretFields::default();
    assert!(CalCom.verify(&request(header, CAL_COM, r#"{"a":1}"#), &Key(&none), at(0)).is_err());
}

#[test]
fn signature_of_calendly_covers_the_time_too() {
    let secret = SecretFields::one("signing_secret", "s3cret");
    let verify = |value: &str, now| {
        let request = request("calendly-webhook-signature", value, r#"{"a":1}"#);
        Calendly.verify(&request, &Key(&secret), at(now))
    };
    let good = format!("t=1700000000,v1={CALENDLY}");
    assert!(verify(&good, 1_700_000_100).is_ok());
    assert_eq!(verify(&good, 1_700_001_000), Err(Forged::OutsideTolerance));
    assert_eq!(verify(&format!("t=1700000001,v1={CALENDLY}"), 1_700_000_001), Err(Forged::Mismatch));
    assert_eq!(verify("t=1700000000", 1_700_000_000), Err(Forged::Missing));
    assert_eq!(verify(&format!("v1={CALENDLY}"), 1_700_000_000), Err(Forged::Missing));
}

#[test]
fn webhook_that_is_sent_again_has_the_same_id_and_another_has_not() {
    let id = |trigger: &str, uid: &str| {
        let body = json!({ "triggerEvent": trigger, "createdAt": "2026-05-04T10:00:00Z", "payload": { "uid": uid } });
        super::event_id(&[trigger, uid, "2026-05-04T10:00:00Z"], body.to_string().as_bytes())
    };
    assert_eq!(id("BOOKING_CREATED", "a"), id("BOOKING_CREATED", "a"));
    assert_ne!(id("BOOKING_CREATED", "a"), id("BOOKING_CREATED", "b"));
    assert_ne!(id("BOOKING_CREATED", "a"), id("BOOKING_CANCELLED", "a"));
    assert_ne!(super::event_id(&["", "x"], b"one"), super::event_id(&["", "x"], b"two"));
}

#[test]
fn booking_at_cal_com_names_the_lead_the_time_and_the_guests() {
    let mut event = json!({
        "triggerEvent": "BOOKING_CREATED",
        "createdAt": "2026-05-04T10:00:00.000Z",
        "payload": {
            "uid": "bk1", "bookingId": 7, "title": "Intro between Maya and Nora", "status": "ACCEPTED",
            "startTime": "2026-05-06T09:00:00Z", "endTime": "2026-05-06T09:30:00Z",
            "organizer": { "email": "maya@nq.example", "name": "Maya" },
            "attendees": [{ "email": "nora@first.example", "name": "Nora", "timeZone": "Europe/London" }],
            "metadata": { "lead": "lead_1", "videoCallUrl": "https://meet.example/x" },
        },
    });
    let booked = meeting(cal_com(&event));
    assert_eq!((booked.booking.as_str(), booked.state, booked.replaces), ("bk1", MeetingState::Booked, None));
    assert_eq!(booked.emails, ["nora@first.example"]);
    assert_eq!(booked.reference.as_deref(), Some("lead_1"));
    assert_eq!(booked.link.as_deref(), Some("https://meet.example/x"));
    assert_eq!(booked.starts_at.to_string(), "2026-05-06T09:00:00Z");

    event["triggerEvent"] = json!("BOOKING_RESCHEDULED");
    event["payload"]["rescheduleUid"] = json!("bk0");
    assert_eq!(meeting(cal_com(&event)).replaces.as_deref(), Some("bk0"));
    event["triggerEvent"] = json!("BOOKING_CANCELLED");
    assert_eq!(meeting(cal_com(&event)).state, MeetingState::Cancelled);
    // Other triggers may have another form.
    assert!(
        cal_com(&json!({ "triggerEvent": "MEETING_ENDED", "createdAt": "2026-05-04T10:00:00Z", "uid": "x" }))
            .is_empty()
    );
}

#[test]
fn custom_payload_of_cal_com_is_refused_with_what_to_do() {
    let settings = AccountSettings::Bookings { via: BookingService::CalCom };
    let error = CalCom.translate(&settings, r#"{"text":"someone booked"}"#).unwrap_err().to_string();
    assert!(error.contains("payload template"), "{error}");
}

#[test]
fn invitee_of_calendly_who_chooses_another_time_has_not_cancelled() {
    let mut event = json!({
        "event": "invitee.canceled",
        "created_at": "2026-05-04T10:00:00.000000Z",
        "payload": {
            "uri": "https://api.calendly.com/scheduled_events/E/invitees/I1",
            "email": "nora@first.example", "name": "Nora", "status": "canceled", "timezone": "Europe/London",
            "rescheduled": true, "old_invitee": null, "new_invitee": "https://api.calendly.com/I2",
            "scheduled_event": {
                "name": "Intro", "start_time": "2026-05-06T09:00:00.000000Z",
                "event_guests": [{ "email": "second@first.example" }],
                "location": { "type": "zoom", "join_url": "https://zoom.example/1" },
            },
            "tracking": { "utm_content": "lead_1" },
        },
    });
    assert_eq!(calendly_meeting(&event).state, MeetingState::Moved);
    event["payload"]["rescheduled"] = json!(false);
    assert_eq!(calendly_meeting(&event).state, MeetingState::Cancelled);
    event["event"] = json!("invitee.created");
    event["payload"]["old_invitee"] = json!("https://api.calendly.com/I0");
    let booked = calendly_meeting(&event);
    assert_eq!(
        (booked.state, booked.replaces.as_deref()),
        (MeetingState::Booked, Some("https://api.calendly.com/I0"))
    );
    assert_eq!(booked.emails, ["nora@first.example", "second@first.example"]);
    assert_eq!(booked.reference.as_deref(), Some("lead_1"));
    assert_eq!(booked.link.as_deref(), Some("https://zoom.example/1"));
    let other = json!({ "event": "routing_form_submission.created", "created_at": "2026-05-04T10:00:00Z" });
    assert!(calendly::translate(&other.to_string()).unwrap().is_none());
}
