//! ZeroBounce: its verdicts are those that are true in this sandbox, in its own words. A wrong key and no credit are told
//! with one text and a good status.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{admit, pairs, value};
use crate::doors::{Provider, Refusal};
use crate::sandbox::Sandbox;

const NO_KEY_OR_CREDIT: &str = "Invalid API key or your account ran out of credits";

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/v2/validate", get(validate))
        .route("/v2/getcredits", get(credits))
        .fallback(async || (StatusCode::NOT_FOUND, "Not found"))
}

fn told(status: u16, error: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(json!({"error": error}))).into_response()
}

async fn credits(State(sandbox): State<Sandbox>, RawQuery(query): RawQuery) -> Json<Value> {
    let asked = pairs(query.as_deref());
    let is_ours = value(&asked, "api_key") == Some(sandbox.config().credentials.zerobounce_key.as_str());
    Json(json!({"Credits": if is_ours { "1000000" } else { "-1" }}))
}

async fn validate(State(sandbox): State<Sandbox>, RawQuery(query): RawQuery) -> Response {
    let asked = pairs(query.as_deref());
    let Some(key) = value(&asked, "api_key") else { return told(400, "Missing parameter: api_key.") };
    let Some(email) = value(&asked, "email").map(str::to_lowercase) else {
        return told(400, "Missing parameter: email.");
    };
    match (key == sandbox.config().credentials.zerobounce_key, admit(&sandbox, Provider::Zerobounce)) {
        (_, Err(Refusal::Outage)) => return StatusCode::from_u16(520).unwrap_or_default().into_response(),
        (false, _) | (true, Err(Refusal::OutOfCredit)) => return told(200, NO_KEY_OR_CREDIT),
        (true, Err(Refusal::RateLimited { .. })) => return told(429, "Too many requests"),
        (true, Ok(())) => {}
    }
    let (status, sub_status) = match email.split_once('@') {
        Some((local, "example.com")) => test_address(local),
        Some((local, domain)) if !local.is_empty() && domain.contains('.') => match sandbox.verdict(&email) {
            "valid" => ("valid", ""),
            "webmail" => ("valid", ""),
            "accept_all" => ("catch-all", ""),
            "invalid" => ("invalid", "mailbox_not_found"),
            "disposable" => ("do_not_mail", "disposable"),
            _ => ("unknown", "timeout_exceeded"),
        },
        _ => ("invalid", "failed_syntax_check"),
    };
    // What it cannot tell is free.
    sandbox.spend_credits(Provider::Zerobounce, u64::from(status != "unknown"));
    if sandbox.answer_is_lost(Provider::Zerobounce) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    let (account, domain) = email.split_once('@').unwrap_or((&email, ""));
    Json(json!({
        "address": email, "status": status, "sub_status": sub_status, "free_email": false, "did_you_mean": null,
        "account": account, "domain": domain, "domain_age_days": "9692", "smtp_provider": null, "mx_found": "true",
        "mx_record": format!("mx.{domain}"), "firstname": null, "lastname": null, "gender": null,
        "processed_at": sandbox.now().to_string(),
    }))
    .into_response()
}

/// The addresses by which anybody may try it for free.
fn test_address(local: &str) -> (&'static str, &'static str) {
    match local {
        "valid" => ("valid", ""),
        "invalid" => ("invalid", "mailbox_not_found"),
        "catch_all" => ("catch-all", ""),
        "spamtrap" => ("spamtrap", ""),
        "abuse" => ("abuse", ""),
        "donotmail" => ("do_not_mail", "role_based"),
        "greylisted" => ("unknown", "greylisted"),
        _ => ("unknown", "mail_server_temporary_error"),
    }
}
