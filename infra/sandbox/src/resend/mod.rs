//! Resend's `/emails` and `/domains`, with idempotency keys that are kept for 24 hours and require the same
//! body.

mod email;
pub(crate) mod refusal;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde_json::json;

use crate::doors::{Provider, Refusal, whole_seconds};
use crate::people::Persona;
use crate::sandbox::Sandbox;
use crate::world::{KeyUsed, World};
use refusal::Refused;

const KEYS_LAST: SignedDuration = SignedDuration::from_hours(24);
/// A request whose answer gets lost is still processed for so long.
const UNANSWERED: SignedDuration = SignedDuration::from_secs(5);

pub(crate) fn routes() -> Router<Sandbox> {
    let wrong_verb =
        async || Refused::new(405, "method_not_allowed", "Method is not allowed for the requested path");
    Router::new()
        .route("/emails", post(send).fallback(wrong_verb))
        .route("/domains", get(domains).fallback(wrong_verb))
        .route("/emails/{id}", get(retrieve).fallback(wrong_verb))
        .fallback(async || Refused::new(404, "not_found", "The requested endpoint does not exist"))
}

async fn send(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let key = match enter(&sandbox, &headers).and_then(|()| key_of(&headers)) {
        Ok(key) => key,
        Err(refused) => return refused.into_response(),
    };
    match accept(&sandbox, key.as_deref(), &body) {
        Err(refused) => refused.into_response(),
        Ok(_) if sandbox.answer_is_lost(Provider::Resend) => {
            let until = sandbox.now() + UNANSWERED;
            let mut world = sandbox.world();
            if let Some(used) = key.and_then(|key| world.resend_keys.get_mut(&key)) {
                used.under_way_until = Some(until);
            }
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        Ok(id) => Json(json!({ "id": id })).into_response(),
    }
}

fn accept(sandbox: &Sandbox, key: Option<&str>, body: &[u8]) -> Result<String, Refused> {
    let id = match key {
        Some(key) => match claim(sandbox, key, body)? {
            Claimed::Now(id) => id,
            Claimed::Before(id) => return Ok(id),
        },
        None => new_id(sandbox, &mut sandbox.world()),
    };
    let taken = take(sandbox, &id, body);
    let mut world = sandbox.world();
    if let Some(key) = key {
        match &taken {
            // A refused request has sent no mail, and uses no key.
            Err(_) => drop(world.resend_keys.remove(key)),
            Ok(()) => {
                if let Some(used) = world.resend_keys.get_mut(key) {
                    used.under_way_until = None;
                }
            }
        }
    }
    taken.map(|()| id)
}

enum Claimed {
    Now(String),
    /// A mail with this body went out under the key.
    Before(String),
}

/// Claims the key in one step: of two concurrent requests one is answered that the other is being processed.
fn claim(sandbox: &Sandbox, key: &str, body: &[u8]) -> Result<Claimed, Refused> {
    let now = sandbox.now();
    let mut world = sandbox.world();
    match world.resend_keys.get(key).filter(|used| now.duration_since(used.at) < KEYS_LAST) {
        Some(used) if used.under_way_until.is_some_and(|until| until > now) => {
            let text = "Same idempotency key used while original request is still in progress";
            return Err(Refused::new(409, "concurrent_idempotent_requests", text));
        }
        Some(used) if used.body == body => return Ok(Claimed::Before(used.id.clone())),
        Some(_) => {
            let text = "Same idempotency key used with a different request payload";
            return Err(Refused::new(409, "invalid_idempotent_request", text));
        }
        None => {}
    }
    let id = new_id(sandbox, &mut world);
    let under_way_until = Some(now + UNANSWERED);
    let used = KeyUsed { at: now, body: body.to_vec(), id: id.clone(), under_way_until };
    world.resend_keys.insert(key.to_owned(), used);
    Ok(Claimed::Now(id))
}

fn new_id(sandbox: &Sandbox, world: &mut World) -> String {
    let serial = world.serial().to_string();
    sandbox.seed().roll(&["resend id", &serial]).uuid()
}

fn take(sandbox: &Sandbox, id: &str, body: &[u8]) -> Result<(), Refused> {
    let email = email::parse(body, &sandbox.config().credentials.resend_domains)?;
    if email.to.iter().any(|to| sandbox.persona(to) == Persona::Blocking) {
        let text = "We may have found a security issue with the request.";
        return Err(Refused::new(451, "security_error", text));
    }
    let raw = email.as_message(id, sandbox.now());
    sandbox.world().resend_tags.insert(email::message_id(id), email.tags.clone());
    let taken = sandbox.accept_mail(&email.from.address, &email.to, raw.as_bytes());
    taken.map(drop).map_err(|why| Refused::new(422, "validation_error", why))
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
    if !is_uuid(&id) {
        let text = "The `id` must be a valid UUID.";
        return Refused::new(422, "invalid_parameter", text).into_response();
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

/// The domains that mail may be from, all of them verified.
async fn domains(State(sandbox): State<Sandbox>, headers: HeaderMap) -> Response {
    if let Err(refused) = enter(&sandbox, &headers) {
        return refused.into_response();
    }
    let known = &sandbox.config().credentials.resend_domains;
    let data: Vec<_> = known.iter().map(|name| json!({ "name": name, "status": "verified" })).collect();
    Json(json!({ "object": "list", "has_more": false, "data": data })).into_response()
}

fn is_uuid(id: &str) -> bool {
    let parts: Vec<&str> = id.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Refuses requests during an outage, without the Bearer key, and over the limits.
pub(crate) fn enter(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), Refused> {
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
