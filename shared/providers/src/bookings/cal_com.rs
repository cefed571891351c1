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
    attendees: Vec<Guest>,
    #[serde(default)]
    organizer: Guest,
    location: Option<String>,
    /// The booking that this one replaces.
    reschedule_uid: Option<String>,
    /// The seat that is booked or called off, of a meeting that several book one by one.
    attendee_seat_id: Option<String>,
    seats_per_time_slot: Option<u32>,
    /// The address of who has called it off.
    cancelled_by: Option<String>,
    /// What the one who books has entered.
    #[serde(default)]
    responses: Value,
    #[serde(default)]
    metadata: Value,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Guest {
    email: Option<String>,
    name: Option<String>,
    phone_number: Option<String>,
}

/// The domain of addresses that Cal.com makes of a telephone number where none was asked for.
const BY_NUMBER: &str = "@sms.cal.com";

impl Guest {
    /// Reads who has booked, from what they have entered.
    fn of_responses(responses: &Value) -> Self {
        let entered = |name: &str| {
            let value = responses.get(name)?;
            value.get("value").unwrap_or(value).as_str().map(str::to_owned)
        };
        let phone_number = entered("attendeePhoneNumber").or_else(|| entered("smsReminderNumber"));
        Self { email: entered("email"), name: entered("name"), phone_number }
    }

    fn address(&self) -> Option<String> {
        self.email.clone().filter(|email| !email.ends_with(BY_NUMBER))
    }

    fn phone(&self) -> Option<String> {
        let in_address =
            || Some(format!("+{}", self.email.as_deref()?.strip_suffix(BY_NUMBER)?.trim_start_matches('+')));
        self.phone_number.clone().filter(|number| !number.is_empty()).or_else(in_address)
    }
}

impl Booking {
    fn has_seats(&self) -> bool {
        self.attendee_seat_id.is_some() || self.seats_per_time_slot.is_some_and(|seats| seats > 1)
    }

    /// Returns the groups of guests that have each a meeting of their own: the one whose seat it is, everybody by
    /// themselves where all the seats are meant, else the one who books with those they bring along.
    fn parties(&mut self) -> Vec<Vec<Guest>> {
        let guests = std::mem::take(&mut self.attendees);
        let booker = Guest::of_responses(&self.responses);
        let is_known = booker.email.is_some() || booker.phone_number.is_some();
        if self.attendee_seat_id.is_some() && is_known {
            return vec![vec![booker]];
        }
        if self.has_seats() {
            return guests.into_iter().map(|guest| vec![guest]).collect();
        }
        // What they have entered may tell more of them than the list of guests.
        vec![is_known.then_some(booker).into_iter().chain(guests).collect()]
    }
}

pub(super) fn verify(request: &WebhookRequest, secret: &str) -> Result<Verified, Forged> {
    let given = request.header("x-cal-signature-256").ok_or(Forged::Missing)?;
    if given == NO_SECRET {
        return Err(Forged::Missing);
    }
    check_signature(given, secret, &[&request.body])?;
    let read: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let word = |path: &str| read.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let mut parts = vec![word("/triggerEvent"), word("/payload/uid"), word("/createdAt")];
    // Two seats of one meeting may be booked in the same moment.
    parts.extend(read.pointer("/payload/attendeeSeatId").and_then(Value::as_str));
    Ok(verified(&parts, &request.body))
}

pub(super) fn translate(payload: &str) -> Result<Vec<MeetingReport>, Unreadable> {
    let event: Event = serde_json::from_str(payload).map_err(|error| {
        unreadable(format!("{error}; leave the payload template of the webhook at Cal.com as it is"))
    })?;
    let state = match event.trigger_event.as_str() {
        "BOOKING_CREATED" | "BOOKING_REQUESTED" | "BOOKING_RESCHEDULED" => MeetingState::Booked,
        "BOOKING_CANCELLED" | "BOOKING_REJECTED" => MeetingState::Cancelled,
        _ => return Ok(Vec::new()),
    };
    let mut booking: Booking = serde_json::from_value(event.payload).map_err(unreadable)?;
    let is_moved = event.trigger_event == "BOOKING_RESCHEDULED";
    let online = booking.metadata.get("videoCallUrl").and_then(Value::as_str).map(str::to_owned);
    let online = link(online.or(booking.location.take()));
    let host = booking.organizer.email.as_deref();
    let is_host = |by: &String| host.is_some_and(|host| by.eq_ignore_ascii_case(host));
    let by_host = event.trigger_event == "BOOKING_REJECTED" || booking.cancelled_by.iter().any(is_host);
    // The seats of one meeting share its metadata: a lead that is named there is not the one of every seat.
    let reference = booking.metadata.get("lead").and_then(Value::as_str).filter(|_| !booking.has_seats());
    let reference = reference.map(str::to_owned);
    let parties = booking.parties();
    let report = |party: Vec<Guest>| MeetingReport {
        booking: booking.uid.clone(),
        replaces: booking.reschedule_uid.clone().filter(|_| is_moved),
        state,
        title: title(booking.title.clone()),
        starts_at: booking.start_time,
        link: online.clone(),
        name: party.iter().find_map(|guest| guest.name.clone()),
        emails: distinct(party.iter().filter_map(Guest::address)),
        phones: distinct(party.iter().filter_map(Guest::phone)),
        reference: reference.clone(),
        by_host,
        at: event.created_at,
    };
    Ok(parties.into_iter().map(report).collect())
}

fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    texts.fold(Vec::new(), |mut known, text| {
        if !known.contains(&text) {
            known.push(text);
        }
        known
    })
}
