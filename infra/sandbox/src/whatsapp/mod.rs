//! WhatsApp's Cloud API: JSON in, JSON out, errors with their codes.

mod refusal;
mod send;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};

use crate::doors::{Provider, Refusal};
use crate::sandbox::Sandbox;
use refusal::Refused;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/v23.0/{phone_number_id}/messages", post(create))
        .fallback(async || Refused::new(400, 2500, "Unknown path components"))
}

/// `wamid.` and a serial number's digits.
pub(crate) fn wamid(sandbox: &Sandbox, serial: u64) -> String {
    format!("wamid.{}", sandbox.seed().roll(&["wamid", &serial.to_string()]).hex(40))
}

async fn create(
    State(sandbox): State<Sandbox>,
    Path(phone_number_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let taken = enter(&sandbox, &phone_number_id, &headers).and_then(|()| send::accept(&sandbox, &body));
    match taken {
        Err(refused) => refused.into_response(),
        Ok(_) if sandbox.answer_is_lost(Provider::Whatsapp) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Ok(answer) => Json(answer).into_response(),
    }
}

/// The token, then the door.
fn enter(sandbox: &Sandbox, phone_number_id: &str, headers: &HeaderMap) -> Result<(), Refused> {
    if sandbox.turns_away(Provider::Whatsapp) {
        return Err(Refused::new(503, 2, "Service temporarily unavailable"));
    }
    let known = &sandbox.config().credentials;
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given.and_then(|value| value.strip_prefix("Bearer ")) != Some(known.whatsapp_token.as_str()) {
        return Err(Refused::new(401, 190, "Invalid OAuth access token - Cannot parse access token"));
    }
    if phone_number_id != known.whatsapp_phone_number_id {
        let text = format!("Unsupported post request. Object with ID '{phone_number_id}' does not exist");
        return Err(Refused::new(400, 100, text));
    }
    match sandbox.admit(Provider::Whatsapp) {
        Ok(()) => Ok(()),
        Err(Refusal::Outage) => Err(Refused::new(503, 2, "Service temporarily unavailable")),
        Err(Refusal::OutOfCredit) => Err(Refused::new(400, 131042, "Business eligibility payment issue")),
        Err(Refusal::RateLimited { .. }) => Err(Refused::new(429, 130429, "Rate limit hit")),
    }
}
