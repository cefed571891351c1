//! Twilio's Messages, Calls and Recordings APIs: form in, JSON out, errors with their codes.

mod calls;
mod number;
mod refusal;
mod resource;
mod send;
pub(crate) mod twiml;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::doors::{Provider, Refusal};
use crate::recordings;
use crate::sandbox::Sandbox;
pub(crate) use refusal::Refused;
pub(crate) use resource::sid;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/2010-04-01/Accounts/{account}/Messages.json", get(list).post(create))
        .route("/2010-04-01/Accounts/{account}/Messages/{message}", get(fetch))
        .route("/2010-04-01/Accounts/{account}/Calls.json", get(calls::list).post(calls::create))
        .route("/2010-04-01/Accounts/{account}/Calls/{call}", get(calls::fetch).post(calls::update))
        .route(
            "/2010-04-01/Accounts/{account}/Recordings/{recording}",
            get(recordings::fetch).delete(recordings::delete),
        )
        .fallback(async || Refused::not_found("resource"))
}

async fn create(
    State(sandbox): State<Sandbox>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refused) = enter(&sandbox, &account, &headers) {
        return refused.into_response();
    }
    match send::accept(&sandbox, &form_of(&headers, &body)) {
        Err(refused) => refused.into_response(),
        Ok(_) if sandbox.answer_is_lost(Provider::Twilio) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Ok(message) => (StatusCode::CREATED, axum::Json(message)).into_response(),
    }
}

/// The fields of a form; none if the body is not sent as one.
fn form_of(headers: &HeaderMap, body: &Bytes) -> Vec<(String, String)> {
    let is_form = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    if is_form { serde_urlencoded::from_bytes(body).unwrap_or_default() } else { Vec::new() }
}

async fn list(
    State(sandbox): State<Sandbox>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Query(filter): Query<Vec<(String, String)>>,
) -> Response {
    if let Err(refused) = enter(&sandbox, &account, &headers) {
        return refused.into_response();
    }
    let wanted = |name: &str| filter.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let size = match wanted("PageSize").map(str::parse::<usize>) {
        None => 50,
        Some(Ok(size @ 1..=1000)) => size,
        Some(_) => return Refused::new(400, 20006, "Page size must be between 1 and 1000").into_response(),
    };
    let page = wanted("Page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(0);
    let world = sandbox.world();
    let matching: Vec<_> = world
        .texts
        .iter()
        .rev()
        .filter(|text| !text.chat)
        .filter(|text| wanted("To").is_none_or(|to| text.to == to))
        .filter(|text| wanted("From").is_none_or(|from| text.from == from))
        .filter(|text| wanted("DateSent").is_none_or(|day| text.at.to_string().starts_with(day)))
        .collect();
    let messages: Vec<_> =
        matching.iter().skip(page * size).take(size).map(|text| resource::message(&account, text)).collect();
    let base = format!("/2010-04-01/Accounts/{account}/Messages.json");
    let next =
        ((page + 1) * size < matching.len()).then(|| format!("{base}?PageSize={size}&Page={}", page + 1));
    axum::Json(json!({
        "messages": messages, "page": page, "page_size": size, "start": page * size,
        "end": (page * size + messages.len()).saturating_sub(1),
        "uri": format!("{base}?PageSize={size}&Page={page}"),
        "first_page_uri": format!("{base}?PageSize={size}&Page=0"),
        "next_page_uri": next,
        "previous_page_uri": page.checked_sub(1).map(|page| format!("{base}?PageSize={size}&Page={page}")),
    }))
    .into_response()
}

async fn fetch(
    State(sandbox): State<Sandbox>,
    Path((account, message)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(refused) = enter(&sandbox, &account, &headers) {
        return refused.into_response();
    }
    let sid = message.trim_end_matches(".json");
    let world = sandbox.world();
    match world.texts.iter().find(|text| text.sid == sid) {
        Some(text) => axum::Json(resource::message(&account, text)).into_response(),
        None => {
            Refused::not_found(&format!("/2010-04-01/Accounts/{account}/Messages/{message}")).into_response()
        }
    }
}

/// Refuses requests during an outage, without the Basic credentials, for another account, and over the limits.
pub(crate) fn enter(sandbox: &Sandbox, account: &str, headers: &HeaderMap) -> Result<(), Refused> {
    let known = &sandbox.config().credentials;
    let expected = STANDARD.encode(format!("{}:{}", known.twilio_account_sid, known.twilio_auth_token));
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Basic "));
    if sandbox.turns_away(Provider::Twilio) {
        return Err(Refused::new(503, 20503, "Service unavailable"));
    }
    if given != Some(expected.as_str()) {
        return Err(Refused::new(401, 20003, "Authenticate"));
    }
    if account != known.twilio_account_sid {
        return Err(Refused::not_found(&format!("/2010-04-01/Accounts/{account}")));
    }
    match sandbox.admit(Provider::Twilio) {
        Ok(()) => Ok(()),
        Err(Refusal::Outage) => Err(Refused::new(503, 20503, "Service unavailable")),
        Err(Refusal::OutOfCredit) => Err(Refused::new(401, 20005, "Account is not active")),
        Err(Refusal::RateLimited { .. }) => Err(Refused::new(429, 20429, "Too many requests")),
    }
}
