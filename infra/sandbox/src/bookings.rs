//! Fakes of Cal.com and Calendly: a page at which a person books a meeting, moves it and calls it off, and the webhooks
//! of both, as they would be entered in their consoles.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::agenda::Action;
use crate::inbound::{Delivery, Via};
use crate::page::frame;
use crate::people;
use crate::sandbox::Sandbox;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Service {
    CalCom,
    Calendly,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Bookings {
    made: Vec<Booking>,
    webhooks: Vec<BookingWebhook>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Booking {
    service: Service,
    email: String,
    name: String,
    /// What the booking link carried: our id of the lead.
    reference: Option<String>,
    starts_at: Timestamp,
    /// The booking that this one replaces.
    replaces: Option<usize>,
    is_over: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BookingWebhook {
    service: Service,
    url: String,
    secret: String,
}

/// What the link to the page may carry.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    email: Option<String>,
    name: Option<String>,
    #[serde(rename = "metadata[lead]")]
    metadata_lead: Option<String>,
    utm_content: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Order {
    service: Service,
    email: String,
    name: String,
    reference: String,
}

#[derive(Deserialize)]
pub(crate) struct Change {
    what: String,
}

impl Service {
    fn label(self) -> &'static str {
        match self {
            Self::CalCom => "Cal.com",
            Self::Calendly => "Calendly",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::CalCom => "cal_com",
            Self::Calendly => "calendly",
        }
    }
}

pub(crate) async fn show(State(sandbox): State<Sandbox>, Query(asked): Query<Asked>) -> Markup {
    let made = sandbox.world().bookings.made.clone();
    let webhooks = sandbox.world().bookings.webhooks.clone();
    let reference = asked.metadata_lead.or(asked.utm_content).unwrap_or_default();
    frame(
        "Book a meeting",
        html! {
            h1 { "Book a meeting" }
            p.meta { "Half an hour, in two days. The webhooks that are entered below are told." }
            form method="post" action="/booking" {
                label { "Your name" input name="name" required value=(asked.name.unwrap_or_default()); }
                label { "Your e-mail" input type="email" name="email" required value=(asked.email.unwrap_or_default()); }
                input type="hidden" name="reference" value=(reference);
                div.actions {
                    @for service in [Service::CalCom, Service::Calendly] {
                        button type="submit" name="service" value=(service.word()) { "Book at " (service.label()) }
                    }
                }
            }
            h2 { "Meetings" }
            @if made.is_empty() { p.empty { "No meeting yet." } }
            @for (index, booking) in made.iter().enumerate().rev().take(100) {
                section {
                    h3 { (booking.name) " · " (booking.service.label()) }
                    p.meta { (booking.email) " · " (booking.starts_at.strftime("%a %d %b %H:%M")) }
                    @if booking.is_over { p { "Moved or called off." } } @else {
                        form method="post" action=(format!("/booking/{index}")) {
                            div.actions {
                                button type="submit" name="what" value="move" { "Take another time" }
                                button type="submit" name="what" value="cancel" { "Call off" }
                            }
                        }
                    }
                }
            }
            h2 { "Webhooks" }
            @for webhook in &webhooks { p { (webhook.service.label()) ": " (webhook.url) } }
            form method="post" action="/booking/webhooks" {
                label { "Address" input name="url" required; }
                label { "Secret" input name="secret"; }
                div.actions {
                    @for service in [Service::CalCom, Service::Calendly] {
                        button type="submit" name="service" value=(service.word()) { "Enter at " (service.label()) }
                    }
                }
            }
        },
    )
}

/// Enters a webhook in the console of a service, in place of its former one.
pub(crate) async fn set_webhook(
    State(sandbox): State<Sandbox>,
    Form(webhook): Form<BookingWebhook>,
) -> Redirect {
    let known = &mut sandbox.world().bookings.webhooks;
    known.retain(|one| one.service != webhook.service);
    known.push(webhook);
    Redirect::to("/booking")
}

pub(crate) async fn book(State(sandbox): State<Sandbox>, Form(order): Form<Order>) -> Response {
    let email = order.email.trim().to_lowercase();
    if !email.contains('@') || order.name.trim().is_empty() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let booking = Booking {
        service: order.service,
        email,
        name: order.name.trim().to_owned(),
        reference: Some(order.reference).filter(|text| !text.is_empty()),
        starts_at: in_two_days(sandbox.now()),
        replaces: None,
        is_over: false,
    };
    sandbox.make_booking(booking);
    Redirect::to("/booking").into_response()
}

pub(crate) async fn change(
    State(sandbox): State<Sandbox>,
    Path(index): Path<usize>,
    Form(change): Form<Change>,
) -> Response {
    let known = sandbox.world().bookings.made.get(index).filter(|one| !one.is_over).cloned();
    let Some(booking) = known else { return StatusCode::CONFLICT.into_response() };
    match change.what.as_str() {
        "cancel" => sandbox.end_booking(index, false),
        "move" => {
            sandbox.end_booking(index, true);
            let starts_at = people::later(booking.starts_at, 86_400);
            sandbox.make_booking(Booking { starts_at, replaces: Some(index), ..booking });
        }
        _ => return StatusCode::BAD_REQUEST.into_response(),
    }
    Redirect::to("/booking").into_response()
}

/// Returns ten o'clock (UTC) of the day after tomorrow.
fn in_two_days(now: Timestamp) -> Timestamp {
    let day = 86_400;
    let midnight = now.as_second().div_euclid(day) * day;
    Timestamp::from_second(midnight + 2 * day + 10 * 3_600).unwrap_or(now)
}

impl Sandbox {
    /// Enters our webhook at Cal.com.
    pub fn enter_cal_com_webhook(&self, url: &str, secret: &str) {
        let webhook =
            BookingWebhook { service: Service::CalCom, url: url.to_owned(), secret: secret.to_owned() };
        self.world().bookings.webhooks.push(webhook);
    }

    fn make_booking(&self, booking: Booking) {
        let index = {
            let made = &mut self.world().bookings.made;
            made.push(booking.clone());
            made.len() - 1
        };
        let event = match booking.service {
            Service::CalCom if booking.replaces.is_some() => {
                cal_com("BOOKING_RESCHEDULED", index, &booking, self.now())
            }
            Service::CalCom => cal_com("BOOKING_CREATED", index, &booking, self.now()),
            Service::Calendly => calendly("invitee.created", index, &booking, None, self.now()),
        };
        self.tell(booking.service, index, &event);
    }

    /// Ends a booking: it is called off, or replaced by the next one. Cal.com tells a move with one event, Calendly with two.
    fn end_booking(&self, index: usize, is_moved: bool) {
        let (booking, next) = {
            let made = &mut self.world().bookings.made;
            made[index].is_over = true;
            (made[index].clone(), made.len())
        };
        let next = is_moved.then_some(next);
        let event = match booking.service {
            Service::CalCom if is_moved => return,
            Service::CalCom => cal_com("BOOKING_CANCELLED", index, &booking, self.now()),
            Service::Calendly => calendly("invitee.canceled", index, &booking, next, self.now()),
        };
        self.tell(booking.service, index, &event);
    }

    fn tell(&self, service: Service, index: usize, event: &Value) {
        let now = self.now();
        let mut world = self.world();
        let known = world.bookings.webhooks.iter().find(|webhook| webhook.service == service).cloned();
        let Some(webhook) = known else { return };
        let via = match service {
            Service::CalCom => Via::CalCom { secret: webhook.secret },
            Service::Calendly => Via::Calendly { secret: webhook.secret },
        };
        let delivery = Delivery::new(via, format!("booking-{index}"), webhook.url, event.to_string());
        world.agenda.add(now, Action::Deliver(delivery));
    }
}

fn uid(index: usize) -> String {
    format!("bk{index:06}")
}

fn invitee(index: usize) -> String {
    format!("https://api.calendly.com/scheduled_events/E{index:06}/invitees/I{index:06}")
}

fn cal_com(trigger: &str, index: usize, booking: &Booking, now: Timestamp) -> Value {
    let ends_at = booking.starts_at + SignedDuration::from_mins(30);
    let mut payload = json!({
        "uid": uid(index), "bookingId": index, "type": "intro", "title": format!("Intro: {}", booking.name),
        "startTime": booking.starts_at.to_string(), "endTime": ends_at.to_string(), "length": 30,
        "status": if trigger == "BOOKING_CANCELLED" { "CANCELLED" } else { "ACCEPTED" },
        "organizer": { "name": "Maya Okafor", "email": "maya@northquay.example", "timeZone": "Europe/London" },
        "attendees": [{ "email": booking.email, "name": booking.name, "timeZone": "Europe/London" }],
        "responses": { "email": { "value": booking.email }, "name": { "value": booking.name } },
        "metadata": { "videoCallUrl": format!("https://meet.sandbox.example/{}", uid(index)), "lead": booking.reference },
        "location": "integrations:daily",
    });
    if let Some(before) = booking.replaces {
        payload["rescheduleUid"] = json!(uid(before));
    }
    json!({ "triggerEvent": trigger, "createdAt": now.to_string(), "payload": payload })
}

fn calendly(event: &str, index: usize, booking: &Booking, next: Option<usize>, now: Timestamp) -> Value {
    json!({
        "event": event, "created_at": now.to_string(), "created_by": "https://api.calendly.com/users/U1",
        "payload": {
            "uri": invitee(index), "email": booking.email, "name": booking.name, "timezone": "Europe/London",
            "status": if event == "invitee.created" { "active" } else { "canceled" },
            "event": format!("https://api.calendly.com/scheduled_events/E{index:06}"),
            "rescheduled": next.is_some(), "old_invitee": booking.replaces.map(invitee), "new_invitee": next.map(invitee),
            "scheduled_event": {
                "name": "Intro", "status": "active", "start_time": booking.starts_at.to_string(),
                "end_time": (booking.starts_at + SignedDuration::from_mins(30)).to_string(),
                "event_guests": [], "location": { "type": "custom", "location": "By phone" },
            },
            "questions_and_answers": [], "tracking": { "utm_content": booking.reference },
        },
    })
}
