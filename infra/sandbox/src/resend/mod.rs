//! Resend's `/emails`, with idempotency keys that are kept for 24 hours and demand the very same body.

mod email;
mod refusal;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde_json::json;

use crate::doors::{Provider, Refusal, whole_seconds};
use crate::sandbox::Sandbox;
use crate::world::KeyUsed;
use refusal::Refused;

const KEYS_LAST: SignedDuration = SignedDuration::from_hours(24);

pub(crate) fn routes() -> Router<Sandbox> {
    let wrong_verb =
        async || Refused::new(405, "method_not_allowed", "Method is not allowed for the requested path");
    Router::new()
        .route("/emails", post(send).fallback(wrong_verb))
        .route("/emails/{id}", get(retrieve).fallback(wrong_verb))
        .fallback(async || Refused::new(404, "not_found", "The requested endpoint does not exist"))
}

async fn send(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    match accept(&sandbox, &headers, &body) {
        Err(refused) => refused.into_response(),
        Ok(_) if sandbox.answer_is_lost(Provider::Resend) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Ok(id) => Json(json!({ "id": id })).into_response(),
    }
}

fn accept(sandbox: &Sandbox, headers: &HeaderMap, body: &[u8]) -> Result<String, Refused> {
    enter(sandbox, headers)?;
    let key = key_of(headers)?;
    let now = sandbox.now();
    if let Some(key) = &key {
        let world = sandbox.world();
        let used = world.resend_keys.get(key).filter(|used| now.duration_since(used.at) < KEYS_LAST);
        match used {
            Some(used) if used.body == body => return Ok(used.id.clone()),
            Some(_) => {
                let text = "Same idempotency key used with a different request payload";
                return Err(Refused::new(409, "invalid_idempotent_request", text));
            }
            None => {}
        }
    }
    let email = email::parse(body, &sandbox.config().credentials.resend_domains)?;
    let id = {
        let mut world = sandbox.world();
        let serial = world.serial().to_string();
        sandbox.seed().roll(&["resend id", &serial]).uuid()
    };
    let raw = email.as_message(&id, now);
    sandbox
        .accept_mail(&email.from.address, &email.to, raw.as_bytes())
        .map_err(|why| Refused::new(422, "validation_error", why))?;
    if let Some(key) = key {
        let used = KeyUsed { at: now, body: body.to_vec(), id: id.clone() };
        sandbox.world().resend_keys.insert(key, used);
    }
    Ok(id)
}

fn key_of(headers: &HeaderMap) -> Result<Option<String>, Refused> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    match key.to_str() {
        Ok(key) if (1..=256).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => {
            let text = "The key must be between 1-256 chars";
            Err(Refused::new(400, "invalid_idempotency_key", text))
        }
    }
}

async fn retrieve(State(sandbox): State<Sandbox>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Err(refused) = enter(&sandbox, &headers) {
        return refused.into_response();
    }
    let world = sandbox.world();
    let found = world.mails.iter().find(|mail| mail.message_id == email::message_id(&id));
    match found {
        Some(mail) => Json(json!({
            "object": "email", "id": id, "to": [mail.to], "from": mail.from, "created_at": mail.at.to_string(),
            "subject": mail.subject, "html": mail.html, "text": mail.text, "last_event": "delivered",
        }))
        .into_response(),
        None => Refused::new(404, "not_found", "Email not found").into_response(),
    }
}

/// Bearer key, then the door.
fn enter(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), Refused> {
    if sandbox.turns_away(Provider::Resend) {
        return Err(Refused::new(503, "application_error", "Service unavailable"));
    }
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(key) = given.strip_prefix("Bearer ").filter(|key| !key.is_empty()) else {
        return Err(Refused::new(401, "missing_api_key", "Missing API key in the authorization header"));
    };
    if key != sandbox.config().credentials.resend_key {
        return Err(Refused::new(403, "invalid_api_key", "API key is invalid"));
    }
    match sandbox.admit(Provider::Resend) {
        Ok(()) => Ok(()),
        Err(Refusal::Outage) => Err(Refused::new(503, "application_error", "Service unavailable")),
        Err(Refusal::OutOfCredit) => {
            Err(Refused::new(429, "monthly_quota_exceeded", "You have reached your monthly email quota"))
        }
        Err(Refusal::RateLimited { retry_after }) => {
            let text = "Too many requests. You can only make 2 requests per second.";
            Err(Refused::new(429, "rate_limit_exceeded", text).after(whole_seconds(retry_after)))
        }
    }
}
