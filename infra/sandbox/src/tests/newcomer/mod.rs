//! The provider's API as its documentation describes it: accepted and refused requests, and status reports.

mod take;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use hmac::{Hmac, Mac};
use jiff::SignedDuration;
use serde_json::json;
use sha2::Sha256;

use crate::config::RateLimit;
use crate::doors::{Provider, Refusal, whole_seconds};
use crate::fakes::Fake;
use crate::sandbox::Sandbox;
use crate::world::Text;

/// The credentials of an account here: plainly fake.
const API_KEY: &str = "sandbox-newcomer-key";
const WEBHOOK_SECRET: &str = "sandbox-newcomer-webhook-secret";
const ACCOUNT: &str = "sandbox-newcomer";

const PROVIDER: Provider = Provider::Sender("newcomer");
const LIMITS: [RateLimit; 1] = [RateLimit { requests: 30, per: SignedDuration::from_secs(1) }];

pub(crate) struct Newcomer;

impl Fake for Newcomer {
    fn name(&self) -> &'static str {
        "newcomer"
    }

    fn routes(&self) -> Router<Sandbox> {
        Router::new()
            .route("/v1/messages", post(create))
            .fallback(async || Refused::new(404, "not_found", "There is no such resource"))
    }

    fn limits(&self) -> &'static [RateLimit] {
        &LIMITS
    }

    fn number(&self) -> Option<&'static str> {
        take::NUMBER
    }

    fn report(&self, text: &Text, status: &str, code: Option<u32>) -> String {
        let data = json!({
            "id": text.sid, "reference": text.tag, "status": status,
            "code": code.map(|_| "invalid_recipient"),
        });
        json!({ "id": format!("{}-{status}", text.sid), "account": ACCOUNT, "type": "status", "data": data })
            .to_string()
    }

    fn written(&self, sid: &str, from: &str, body: &str) -> String {
        let data = json!({ "id": sid, "from": from, "to": take::NUMBER, "text": body });
        json!({ "id": sid, "account": ACCOUNT, "type": "text", "data": data }).to_string()
    }

    fn signed(&self, body: &str, now: i64) -> Vec<(&'static str, String)> {
        let key = WEBHOOK_SECRET.as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(format!("{now}.{body}").as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        vec![("x-signature", signature), ("x-timestamp", now.to_string())]
    }
}

#[derive(Debug)]
pub(crate) struct Refused {
    status: u16,
    pub code: &'static str,
    message: String,
    after: Option<i64>,
}

impl Refused {
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), after: None }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self { status, code, message, after } = self;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = Json(json!({ "code": code, "message": message }));
        match after {
            Some(seconds) => (status, [(header::RETRY_AFTER, seconds.to_string())], body).into_response(),
            None => (status, body).into_response(),
        }
    }
}

async fn create(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    match enter(&sandbox, &headers).and_then(|()| take::accept(&sandbox, &body)) {
        Err(refused) => refused.into_response(),
        Ok(_) if sandbox.answer_is_lost(PROVIDER) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Ok(id) => (StatusCode::ACCEPTED, Json(json!({ "id": id, "status": "queued" }))).into_response(),
    }
}

/// Refuses requests during an outage, without the key, and over the limits.
fn enter(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), Refused> {
    if sandbox.turns_away(PROVIDER) {
        return Err(Refused::new(503, "unavailable", "Out of order"));
    }
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given.and_then(|value| value.strip_prefix("Bearer ")) != Some(API_KEY) {
        return Err(Refused::new(401, "bad_key", "The key is not known"));
    }
    match sandbox.admit(PROVIDER) {
        Ok(()) => Ok(()),
        Err(Refusal::Outage) => Err(Refused::new(503, "unavailable", "Out of order")),
        Err(Refusal::OutOfCredit) => Err(Refused::new(402, "no_credit", "The account is used up")),
        Err(Refusal::RateLimited { retry_after }) => {
            let refused = Refused::new(429, "too_many_requests", "Too many requests");
            Err(Refused { after: Some(whole_seconds(retry_after)), ..refused })
        }
    }
}

#[cfg(test)]
mod tests;
