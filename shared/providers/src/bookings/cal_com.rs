//! Cal.com signs the body alone, with `X-Cal-Signature-256`.

use super::{check_signature, link, title, unreadable, verified};
use application::ports::provider_events::{
    Forged, MeetingReport, MeetingState, Unreadable, Verified, WebhookRequest,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// What Cal.com sends in place of a signature if no secret was entered there.
const NO_SECRET: &str = "no-secret-provided";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    trigger_event: String,
    created_at: Timestamp,
    #[serde(default)]
    payload: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Booking {
    uid: String,
    title: Option<String>,
    start_time: Timestamp,
    #[serde(default)]
    attendees: Vec<Attendee>,
    location: Option<String>,
    /// The booking that this one replaces.
    reschedule_uid: Option<String>,
    #[serde(default)]
    metadata: Value,
}

#[derive(Deserialize)]
struct Attendee {
    email: Option<String>,
    name: Option<String>,
}

pub(super) fn verify(request: &WebhookRequest, secret: &str) -> Result<Verified, Forged> {
    let given = request.header("x-cal-signature-256").ok_or(Forged::Missing)?;
    if given == NO_SECRET {
        return Err(Forged::Missing);
    }
    check_signature(given, secret, &[&request.body])?;
    let read: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let word = |path: &str| read.pointer(path).and_then(Value::as_str).unwrap_or_default();
    Ok(verified(&[word("/triggerEvent"), word("/payload/uid"), word("/createdAt")], &request.body))
}

pub(super) fn translate(payload: &str) -> Result<Option<MeetingReport>, Unreadable> {
    let event: Event = serde_json::from_str(payload).map_err(|error| {
        unreadable(format!("{error}; leave the payload template of the webhook at Cal.com as it is"))
    })?;
    let state = match event.trigger_event.as_str() {
        "BOOKING_CREATED" | "BOOKING_REQUESTED" | "BOOKING_RESCHEDULED" => MeetingState::Booked,
        "BOOKING_CANCELLED" | "BOOKING_REJECTED" => MeetingState::Cancelled,
        _ => return Ok(None),
    };
    let booking: Booking = serde_json::from_value(event.payload).map_err(unreadable)?;
    let online = booking.metadata.get("videoCallUrl").and_then(Value::as_str).map(str::to_owned);
    Ok(Some(MeetingReport {
        booking: booking.uid,
        replaces: booking.reschedule_uid.filter(|_| event.trigger_event == "BOOKING_RESCHEDULED"),
        state,
        title: title(booking.title),
        starts_at: booking.start_time,
        link: link(online.or(booking.location)),
        name: booking.attendees.iter().find_map(|guest| guest.name.clone()),
        emails: booking.attendees.into_iter().filter_map(|guest| guest.email).collect(),
        reference: booking.metadata.get("lead").and_then(Value::as_str).map(str::to_owned),
        at: event.created_at,
    }))
}
