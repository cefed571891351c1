//! Twilio's Calls API: placing, reading and ending a call.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::number::is_e164;
use super::refusal::Refused;
use super::resource::sid;
use super::send::{is_public_url, masked};
use super::twiml::{self, EVENTS};
use super::{enter, form_of};
use crate::agenda::Action;
use crate::doors::Provider;
use crate::people::later;
use crate::phone::{PhoneCall, PhoneStep};
use crate::sandbox::Sandbox;

const LONGEST_TWIML: usize = 4_000;

pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refused) = enter(&sandbox, &account, &headers) {
        return refused.into_response();
    }
    match accept(&sandbox, &form_of(&headers, &body)) {
        Err(refused) => refused.into_response(),
        Ok(_) if sandbox.answer_is_lost(Provider::Twilio) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Ok(call) => (StatusCode::CREATED, Json(call)).into_response(),
    }
}

fn accept(sandbox: &Sandbox, form: &[(String, String)]) -> Result<Value, Refused> {
    let field = |name: &str| {
        let found = form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty())
    };
    let to = field("To").ok_or_else(|| Refused::bad(21201, "No 'To' number is specified"))?;
    let from = field("From").ok_or_else(|| Refused::bad(21213, "No 'From' number is specified"))?;
    match to {
        "+15005550001" => return Err(Refused::bad(21211, "The 'To' phone number is not valid")),
        "+15005550003" => return Err(Refused::bad(21215, "Account not authorized to call this number")),
        _ => {}
    }
    if !is_e164(to) {
        return Err(Refused::bad(21211, format!("Invalid 'To' Phone Number: {}", masked(to))));
    }
    if !is_e164(from) || from == "+15005550001" {
        return Err(Refused::bad(21212, format!("Invalid 'From' Number: {}", masked(from))));
    }
    if !sandbox.config().credentials.twilio_numbers.iter().any(|own| own == from) {
        return Err(Refused::bad(21210, "The source phone number provided is not yet verified"));
    }
    if to == from {
        return Err(Refused::bad(21266, "'To' and 'From' number cannot be the same"));
    }
    let script = match (field("Twiml"), field("Url")) {
        (Some(script), None) if script.chars().count() <= LONGEST_TWIML => script,
        _ => return Err(Refused::bad(21205, "Url parameter is required")),
    };
    // The real one accepts any document, and the call fails: here the slip shows at once.
    twiml::parse(script).map_err(|why| Refused::bad(12100, format!("Document parse failure: {why}")))?;
    let timeout = match field("Timeout").map(str::parse::<i64>) {
        None => 60,
        Some(Ok(seconds @ 1..=600)) => seconds,
        Some(_) => return Err(Refused::bad(20001, "Timeout must be between 1 and 600")),
    };
    let reports = field("StatusCallback");
    if reports.is_some_and(|url| !is_public_url(url)) {
        return Err(Refused::bad(21609, "The 'StatusCallback' URL is not a valid URL."));
    }
    let events = form.iter().filter(|(key, _)| key == "StatusCallbackEvent").map(|(_, event)| event.clone());
    let mut events: Vec<String> = events.collect();
    if events.iter().any(|event| !EVENTS.contains(&event.as_str())) {
        return Err(Refused::bad(21626, "Invalid StatusCallbackEvent"));
    }
    if events.is_empty() {
        events.push("completed".to_owned());
    }
    let now = sandbox.now();
    let mut world = sandbox.world();
    let serial = world.serial();
    let call = PhoneCall {
        sid: sid(sandbox.seed(), "CA", serial),
        to: to.to_owned(),
        from: from.to_owned(),
        at: now,
        status: "queued".to_owned(),
        script: script.to_owned(),
        timeout,
        reports: reports.map(str::to_owned),
        events,
        answered_at: None,
        ended_at: None,
        told: 0,
        lead: None,
    };
    let answer = resource(sandbox, &call);
    let id = world.calls.len();
    world.calls.push(call);
    world.agenda.add(later(now, 1), Action::Phone { call: id, step: PhoneStep::UserRings });
    Ok(answer)
}

pub(super) async fn fetch(
    State(sandbox): State<Sandbox>,
    Path((account, call)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(refused) = enter(&sandbox, &account, &headers) {
        return refused.into_response();
    }
    let sid = call.trim_end_matches(".json");
    let found = sandbox.world().calls.iter().find(|call| call.sid == sid).cloned();
    match found {
        Some(call) => Json(resource(&sandbox, &call)).into_response(),
        None => not_found(&account, &call).into_response(),
    }
}

/// Ends a call, which is all that this Twilio changes of one.
pub(super) async fn update(
    State(sandbox): State<Sandbox>,
    Path((account, call)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refused) = enter(&sandbox, &account, &headers) {
        return refused.into_response();
    }
    let form = form_of(&headers, &body);
    let [(name, status)] = form.as_slice() else {
        return Refused::bad(21218, "Only the status of a call changes here").into_response();
    };
    if name != "Status" || status != "completed" {
        return Refused::bad(21218, "Status must be completed").into_response();
    }
    let sid = call.trim_end_matches(".json");
    let now = sandbox.now();
    let mut world = sandbox.world();
    let Some(id) = world.calls.iter().position(|call| call.sid == sid) else {
        return not_found(&account, &call).into_response();
    };
    if world.calls[id].ended_at.is_some() {
        return Refused::bad(21220, "Invalid call state: the call is not in progress").into_response();
    }
    world.agenda.add(now, Action::Phone { call: id, step: PhoneStep::Ends });
    let found = world.calls[id].clone();
    drop(world);
    Json(resource(&sandbox, &found)).into_response()
}

fn not_found(account: &str, call: &str) -> Refused {
    Refused::not_found(&format!("/2010-04-01/Accounts/{account}/Calls/{call}"))
}

fn resource(sandbox: &Sandbox, call: &PhoneCall) -> Value {
    let account = &sandbox.config().credentials.twilio_account_sid;
    json!({
        "account_sid": account,
        "api_version": "2010-04-01",
        "direction": "outbound-api",
        "duration": call.ended_at.map(|_| call.seconds().to_string()),
        "from": call.from,
        "price": Value::Null,
        "sid": call.sid,
        "status": call.status,
        "to": call.to,
        "uri": format!("/2010-04-01/Accounts/{account}/Calls/{}.json", call.sid),
    })
}
