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

fn seat(trigger: &str, seat: Option<&str>, attendees: &[&str], booker: &str) -> Value {
    let attendees: Vec<Value> =
        attendees.iter().map(|email| json!({ "email": email, "name": email })).collect();
    json!({
        "triggerEvent": trigger, "createdAt": "2026-11-30T10:00:00.000Z",
        "payload": {
            "uid": "uid50", "title": "Intro", "startTime": "2026-12-10T09:00:00Z", "attendees": attendees,
            "organizer": { "email": "mara@kontor.example", "name": "Mara" },
            "responses": { "name": { "value": booker }, "email": { "value": booker } },
            "metadata": { "lead": "lead_of_anna" }, "attendeeSeatId": seat, "seatsPerTimeSlot": 10,
        },
    })
}

fn guests(events: Vec<ProviderEvent>) -> Vec<Vec<String>> {
    let emails = |event| match event {
        ProviderEvent::Meeting(meeting) => {
            assert_eq!((meeting.booking.as_str(), meeting.reference), ("uid50", None));
            meeting.emails
        }
        other => panic!("{other:?}"),
    };
    events.into_iter().map(emails).collect()
}

#[test]
fn seat_of_a_meeting_is_that_of_the_guest_who_books_or_cancels_it() {
    let (anna, bert) = ("anna@see.example", "bert@berg.example");
    let both = [anna, bert];
    assert_eq!(guests(cal_com(&seat("BOOKING_CREATED", Some("b"), &both, bert))), [[bert]]);
    assert_eq!(guests(cal_com(&seat("BOOKING_CANCELLED", Some("b"), &[bert], bert))), [[bert]]);
    assert_eq!(guests(cal_com(&seat("BOOKING_CANCELLED", Some("b"), &[anna], bert))), [[bert]]);
    assert_eq!(guests(cal_com(&seat("BOOKING_CANCELLED", None, &both, anna))), [[anna], [bert]]);
}

#[test]
fn seats_booked_in_the_same_moment_are_two_webhooks() {
    let secret = SecretFields::one("signing_secret", "s3cret");
    let id = |of: &str| {
        let body = seat("BOOKING_CREATED", Some(of), &["a@a.example"], "a@a.example").to_string();
        let mut mac = <hmac::Hmac<sha2::Sha256> as hmac::Mac>::new_from_slice(b"s3cret").unwrap();
        hmac::Mac::update(&mut mac, body.as_bytes());
        let signature = hex::encode(hmac::Mac::finalize(mac).into_bytes());
        let request = request("x-cal-signature-256", &signature, &body);
        CalCom.verify(&request, &Key(&secret), at(0)).unwrap().event_id
    };
    assert_eq!(id("seat-a"), id("seat-a"));
    assert_ne!(id("seat-a"), id("seat-b"));
}

#[test]
fn guest_who_books_by_number_has_a_number_and_no_address() {
    let event = |attendee: Value| {
        json!({
            "triggerEvent": "BOOKING_CREATED", "createdAt": "2026-11-30T10:00:00.000Z",
            "payload": { "uid": "u", "startTime": "2026-12-10T09:00:00Z", "attendees": [attendee], "responses": {} },
        })
    };
    for attendee in [
        json!({ "email": "491713920071@sms.cal.com", "name": "Petra", "phoneNumber": "+491713920071" }),
        json!({ "email": "491713920071@sms.cal.com", "name": "Petra" }),
        json!({ "email": null, "name": "Petra", "phoneNumber": "+491713920071" }),
    ] {
        let booked = meeting(cal_com(&event(attendee)));
        assert_eq!((booked.emails, booked.phones), (Vec::<String>::new(), vec!["+491713920071".to_owned()]));
    }
    let mut entered = event(json!({ "email": "petra@nord.example", "name": "Petra" }));
    entered["payload"]["responses"] = json!({ "email": { "value": "petra@nord.example" }, "attendeePhoneNumber": { "value": "+491713920071" } });
    let booked = meeting(cal_com(&entered));
    assert_eq!(booked.emails, ["petra@nord.example"]);
    assert_eq!(booked.phones, ["+491713920071"]);
}

#[test]
fn report_says_whether_the_host_has_called_the_meeting_off() {
    let by = |trigger: &str, who: &str| {
        meeting(cal_com(&json!({
            "triggerEvent": trigger, "createdAt": "2026-11-30T10:00:00.000Z",
            "payload": {
                "uid": "u", "startTime": "2026-12-10T09:00:00Z", "cancelledBy": who,
                "organizer": { "email": "mara@kontor.example" }, "attendees": [{ "email": "nora@first.example" }],
            },
        })))
        .by_host
    };
    assert!(by("BOOKING_CANCELLED", "Mara@kontor.example"));
    assert!(!by("BOOKING_CANCELLED", "nora@first.example") && !by("BOOKING_CANCELLED", ""));
    assert!(by("BOOKING_REJECTED", ""));
    let calendly = |by: &str| {
        calendly_meeting(&json!({
            "event": "invitee.canceled", "created_at": "2026-05-04T10:00:00.000000Z",
            "payload": {
                "uri": "i1", "email": "nora@first.example", "text_reminder_number": "+1 404-555-1234",
                "cancellation": { "canceled_by": "x", "canceler_type": by },
                "scheduled_event": { "start_time": "2026-05-06T09:00:00.000000Z" },
            },
        }))
    };
    assert!(calendly("host").by_host && !calendly("invitee").by_host);
    assert_eq!(calendly("host").phones, ["+1 404-555-1234"]);
}
