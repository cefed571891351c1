//! WhatsApp's Cloud API: JSON in, JSON out, errors with their codes.

mod refusal;
mod send;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::config::WhatsappNumber;
use crate::doors::{Provider, Refusal};
use crate::sandbox::Sandbox;
use crate::world::World;
use refusal::Refused;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/v23.0/{phone_number_id}/messages", post(create))
        .route("/v23.0/{phone_number_id}", get(number))
        .fallback(async || Refused::new(400, 2500, "Unknown path components"))
}

/// The `wa_id` of a person with this number, as answers and webhooks have it: in some countries it has the
/// digits of an older numbering plan.
pub(crate) fn wa_id(number: &str) -> String {
    let digits = number.trim_start_matches('+');
    match (digits.get(..2), digits.len()) {
        // The south of Brazil goes without the ninth digit; São Paulo, Rio and Espírito Santo have it.
        (Some("55"), 13) if digits.as_bytes()[2] >= b'3' => format!("{}{}", &digits[..4], &digits[5..]),
        (Some("52"), 12) => format!("521{}", &digits[2..]),
        (Some("54"), 12) => format!("549{}", &digits[2..]),
        _ => digits.to_owned(),
    }
}

/// The number that stands behind an id which `user_id` made.
const ID_OF_NUMBER: &str = "US.1349";

/// WhatsApp's id of a person. Who has written under an id alone is known by nothing else.
pub(crate) fn user_id(person: &str) -> String {
    match person.strip_prefix('+') {
        Some(digits) => format!("{ID_OF_NUMBER}{digits}"),
        None => person.to_owned(),
    }
}

/// The person with this id, as far as anything passed between them and one of our numbers.
fn person_with(world: &World, id: &str) -> Option<String> {
    let number = id.strip_prefix(ID_OF_NUMBER).map(|digits| format!("+{digits}"));
    let mut names = [Some(id.to_owned()), number].into_iter().flatten();
    names.find(|name| world.phones.contains_key(name))
}

/// What webhooks say of a person: number and id, the number alone, or the id alone with a user name.
pub(crate) fn contact_of(sandbox: &Sandbox, person: &str) -> Value {
    let mut contact = json!({ "profile": { "name": "Somebody" } });
    match person.starts_with('+') {
        true => contact["wa_id"] = json!(wa_id(person)),
        false => contact["profile"]["username"] = json!("somebody"),
    }
    if sandbox.config().chat_ids || !person.starts_with('+') {
        contact["user_id"] = json!(user_id(person));
    }
    contact
}

/// An id of `wamid.` and digits derived from a serial number.
pub(crate) fn wamid(sandbox: &Sandbox, serial: u64) -> String {
    format!("wamid.{}", sandbox.seed().roll(&["wamid", &serial.to_string()]).hex(40))
}

async fn create(
    State(sandbox): State<Sandbox>,
    Path(phone_number_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let taken = enter(&sandbox, &phone_number_id, &headers)
        .and_then(|ours| send::accept(&sandbox, &ours.number, &body));
    match taken {
        Err(refused) => refused.into_response(),
        Ok(_) if sandbox.answer_is_lost(Provider::Whatsapp) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Ok(answer) => Json(answer).into_response(),
    }
}

/// One of our numbers, as the API shows it.
async fn number(
    State(sandbox): State<Sandbox>,
    Path(phone_number_id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match enter(&sandbox, &phone_number_id, &headers) {
        Ok(ours) => Json(json!({ "id": ours.id, "display_phone_number": ours.number })).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// Refuses requests during an outage, without the token, and over the limits; returns the number.
fn enter<'a>(
    sandbox: &'a Sandbox,
    phone_number_id: &str,
    headers: &HeaderMap,
) -> Result<&'a WhatsappNumber, Refused> {
    if sandbox.turns_away(Provider::Whatsapp) {
        return Err(Refused::new(503, 2, "Service temporarily unavailable"));
    }
    let known = &sandbox.config().credentials;
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given.and_then(|value| value.strip_prefix("Bearer ")) != Some(known.whatsapp_token.as_str()) {
        return Err(Refused::new(401, 190, "Invalid OAuth access token - Cannot parse access token"));
    }
    let Some(ours) = known.whatsapp_numbers.iter().find(|ours| ours.id == phone_number_id) else {
        let text = format!("Unsupported post request. Object with ID '{phone_number_id}' does not exist");
        return Err(Refused::new(400, 100, text));
    };
    match sandbox.admit_account(Provider::Whatsapp, &ours.number) {
        Ok(()) => Ok(ours),
        Err(Refusal::Outage) => Err(Refused::new(503, 2, "Service temporarily unavailable")),
        Err(Refusal::OutOfCredit) => Err(Refused::new(400, 131042, "Business eligibility payment issue")),
        Err(Refusal::RateLimited { .. }) => Err(Refused::new(429, 130429, "Rate limit hit")),
    }
}
