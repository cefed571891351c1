//! Calendly signs the time and the body, with `Calendly-Webhook-Signature: t=…,v1=…`.

use super::{check_signature, link, title, unreadable, verified};
use crate::webhooks::sent_lately;
use application::ports::provider_events::{
    Forged, MeetingReport, MeetingState, Unreadable, Verified, WebhookRequest,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Event {
    event: String,
    created_at: Timestamp,
    #[serde(default)]
    payload: Value,
}

#[derive(Deserialize)]
struct Invitee {
    uri: String,
    email: Option<String>,
    name: Option<String>,
    text_reminder_number: Option<String>,
    cancellation: Option<Cancellation>,
    /// Whether the invitee has chosen another time: then the new booking is reported by itself.
    #[serde(default)]
    rescheduled: bool,
    /// The booking that this one replaces.
    old_invitee: Option<String>,
    scheduled_event: Scheduled,
    #[serde(default)]
    tracking: Tracking,
}

#[derive(Deserialize)]
struct Cancellation {
    canceler_type: Option<String>,
}

#[derive(Deserialize)]
struct Scheduled {
    name: Option<String>,
    start_time: Timestamp,
    #[serde(default)]
    event_guests: Vec<Guest>,
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Guest {
    email: Option<String>,
}

#[derive(Deserialize)]
struct Location {
    join_url: Option<String>,
}

#[derive(Default, Deserialize)]
struct Tracking {
    utm_content: Option<String>,
}

pub(super) fn verify(request: &WebhookRequest, secret: &str, now: Timestamp) -> Result<Verified, Forged> {
    let header = request.header("calendly-webhook-signature").ok_or(Forged::Missing)?;
    let part =
        |name: &str| header.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    let (sent, given) = (part("t").ok_or(Forged::Missing)?, part("v1").ok_or(Forged::Missing)?);
    check_signature(given, secret, &[sent.as_bytes(), b".", &request.body])?;
    sent_lately(sent, now)?;
    let read: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let word = |path: &str| read.pointer(path).and_then(Value::as_str).unwrap_or_default();
    Ok(verified(&[word("/event"), word("/payload/uri"), word("/created_at")], &request.body))
}

pub(super) fn translate(payload: &str) -> Result<Option<MeetingReport>, Unreadable> {
    let event: Event = serde_json::from_str(payload).map_err(unreadable)?;
    let is_booked = match event.event.as_str() {
        "invitee.created" => true,
        "invitee.canceled" => false,
        _ => return Ok(None),
    };
    let invitee: Invitee = serde_json::from_value(event.payload).map_err(unreadable)?;
    let state = match (is_booked, invitee.rescheduled) {
        (true, _) => MeetingState::Booked,
        (false, true) => MeetingState::Moved,
        (false, false) => MeetingState::Cancelled,
    };
    let meeting = invitee.scheduled_event;
    let guests = meeting.event_guests.into_iter().filter_map(|guest| guest.email);
    Ok(Some(MeetingReport {
        booking: invitee.uri,
        replaces: invitee.old_invitee.filter(|_| is_booked),
        state,
        title: title(meeting.name),
        starts_at: meeting.start_time,
        link: link(meeting.location.and_then(|place| place.join_url)),
        name: invitee.name,
        emails: invitee.email.into_iter().chain(guests).collect(),
        phones: invitee.text_reminder_number.into_iter().collect(),
        reference: invitee.tracking.utm_content,
        by_host: invitee.cancellation.and_then(|by| by.canceler_type).as_deref() == Some("host"),
        at: event.created_at,
    }))
}
