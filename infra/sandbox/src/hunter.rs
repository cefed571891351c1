//! Hunter's e-mail verifier: an address always gets the same verdict, which is true in this sandbox.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::data;
use crate::doors::{Provider, Refusal};
use crate::people::Persona;
use crate::sandbox::Sandbox;

const WEBMAIL: [&str; 8] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "icloud.com",
    "gmx.de",
    "aol.com",
];
const DISPOSABLE: [&str; 5] =
    ["mailinator.com", "guerrillamail.com", "10minutemail.com", "yopmail.com", "trashmail.com"];

#[derive(Deserialize)]
struct Asked {
    email: Option<String>,
    api_key: Option<String>,
}

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/v2/email-verifier", get(verify))
        .route("/v2/account", get(account))
        .merge(data::hunter::routes())
        .fallback(async || refuse(404, "not_found", "The requested resource does not exist"))
}

async fn verify(State(sandbox): State<Sandbox>, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    let is_test = match enter(&sandbox, &headers, asked.api_key.as_deref()) {
        Ok(is_test) => is_test,
        Err(refused) => return *refused,
    };
    let Some(email) = asked.email.filter(|email| !email.is_empty()) else {
        return refuse(400, "wrong_params", "You are missing the email parameter");
    };
    let email = email.to_lowercase();
    let plausible = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.contains('@')
    });
    if !plausible {
        return refuse(400, "invalid_email", "The email address you supplied is invalid");
    }
    if is_test {
        return Json(answer(&email, "valid", 100, "sandbox.test")).into_response();
    }
    if email.starts_with("objected") {
        return refuse(451, "claimed_email", "The person owning this address asked us not to process it");
    }
    let mut roll = sandbox.seed().roll(&["verification", &email]);
    if roll.percent(5) && sandbox.world().verifying.insert(email.clone()) {
        let pending =
            json!({"data": {"status": "unknown", "email": email}, "meta": {"params": {"email": email}}});
        return (StatusCode::ACCEPTED, Json(pending)).into_response();
    }
    let domain = email.rsplit('@').next().unwrap_or_default().to_owned();
    let (status, score) = verdict(sandbox.persona(&email), &domain, roll.below(100));
    sandbox.spend_credits(Provider::Hunter, 1);
    if sandbox.answer_is_lost(Provider::Hunter) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    Json(answer(&email, status, score, &domain)).into_response()
}

impl Sandbox {
    /// The verdict on this address, the same each time.
    pub fn verdict(&self, email: &str) -> &'static str {
        let email = email.to_lowercase();
        let mut roll = self.seed().roll(&["verification", &email]);
        roll.percent(5);
        let domain = email.rsplit('@').next().unwrap_or_default();
        verdict(self.persona(&email), domain, roll.below(100)).0
    }
}

/// The status and score. An address that bounces is never called valid.
fn verdict(persona: Persona, domain: &str, draw: u64) -> (&'static str, u64) {
    if DISPOSABLE.contains(&domain) {
        return ("disposable", 15);
    }
    match persona {
        Persona::NoSuchUser => ("invalid", draw % 10),
        Persona::VanishedUser => ("unknown", 45),
        Persona::Bouncer => ("accept_all", 55 + draw % 15),
        _ if WEBMAIL.contains(&domain) => ("webmail", if draw < 80 { 91 + draw % 9 } else { 74 }),
        _ if draw < 7 => ("accept_all", 60 + draw),
        _ if draw < 10 => ("unknown", 50),
        _ => ("valid", 92 + draw % 9),
    }
}

fn answer(email: &str, status: &str, score: u64, domain: &str) -> Value {
    let result = match status {
        "valid" => "deliverable",
        "invalid" | "disposable" => "undeliverable",
        "webmail" if score >= 90 => "deliverable",
        "unknown" => "unknown",
        _ => "risky",
    };
    json!({
        "data": {
            "status": status,
            "result": result,
            "_deprecation_notice": "Using result is deprecated, use status instead",
            "score": score,
            "email": email,
            "regexp": true,
            "gibberish": false,
            "disposable": status == "disposable",
            "webmail": WEBMAIL.contains(&domain),
            "mx_records": true,
            "smtp_server": status != "unknown",
            "smtp_check": matches!(status, "valid" | "webmail" | "accept_all"),
            "accept_all": status == "accept_all",
            "block": false,
            "sources": [],
        },
        "meta": {"params": {"email": email}},
    })
}

async fn account(State(sandbox): State<Sandbox>, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    match enter(&sandbox, &headers, asked.api_key.as_deref()) {
        Err(refused) => *refused,
        Ok(_) => Json(json!({"data": {
            "email": "owner@sandbox.leadflow.test", "plan_name": "Sandbox", "plan_level": 1,
            "reset_date": "2027-01-01",
            "requests": {"credits": {"used": 0, "available": 1_000_000},
                         "searches": {"used": 0, "available": 1_000_000},
                         "verifications": {"used": 0, "available": 1_000_000}},
        }}))
        .into_response(),
    }
}

/// Checks the key in the query, in `X-API-KEY` or as Bearer. `test-api-key` only checks parameters.
pub(crate) fn enter(
    sandbox: &Sandbox,
    headers: &HeaderMap,
    in_query: Option<&str>,
) -> Result<bool, Box<Response>> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(header::AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
    let key = in_query.or(text("x-api-key")).or(bearer).unwrap_or_default();
    if sandbox.turns_away(Provider::Hunter) {
        return Err(Box::new(refuse(503, "service_unavailable", "Please try again later")));
    }
    if key == "test-api-key" {
        return Ok(true);
    }
    if key != sandbox.config().credentials.hunter_key {
        return Err(Box::new(refuse(401, "authentication_failed", "No user found for the API key supplied")));
    }
    match sandbox.admit(Provider::Hunter) {
        Ok(()) => Ok(false),
        Err(Refusal::Outage) => Err(Box::new(refuse(503, "service_unavailable", "Please try again later"))),
        Err(Refusal::RateLimited { .. }) => Err(Box::new(refuse(
            403,
            "too_many_requests",
            "You have reached the rate limit for this endpoint",
        ))),
        Err(Refusal::OutOfCredit) => Err(Box::new(refuse(
            429,
            "usage_exceeded",
            "You have used up the requests of your current billing period",
        ))),
    }
}

pub(crate) fn refuse(code: u16, id: &str, details: &str) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(json!({"errors": [{"id": id, "code": code, "details": details}]}))).into_response()
}
