//! Twilio's Calls API: placing, listing, reading and ending a call.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
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
use crate::call_prices::{Priced, price_of};
use crate::doors::Provider;
use crate::people::later;
use crate::phone::{LeadLeg, PhoneCall, PhoneStep};
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
    if field("TimeLimit").is_some_and(|limit| !matches!(limit.parse::<u32>(), Ok(1..=14_400))) {
        return Err(Refused::bad(20001, "TimeLimit must be between 1 and 14400"));
    }
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
        heard: None,
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
    let calls = sandbox.world().calls.clone();
    let found = calls.iter().find_map(|call| match &call.lead {
        _ if call.sid == sid => Some(resource(&sandbox, call)),
        Some(leg) if leg.sid == sid => Some(child(&sandbox, call, leg)),
        _ => None,
    });
    match found {
        Some(found) => Json(found).into_response(),
        None => not_found(&account, &call).into_response(),
    }
}

/// Lists the calls that a call has dialled, which is all that this Twilio lists.
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Query(filter): Query<Vec<(String, String)>>,
) -> Response {
    if let Err(refused) = enter(&sandbox, &account, &headers) {
        return refused.into_response();
    }
    let of = |name: &str| filter.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let Some(parent) = of("ParentCallSid") else {
        return Refused::bad(20001, "Calls are listed by ParentCallSid only here").into_response();
    };
    let size = match of("PageSize").map(str::parse::<usize>) {
        None => 50,
        Some(Ok(size @ 1..=1000)) => size,
        Some(_) => return Refused::bad(20006, "Page size must be between 1 and 1000").into_response(),
    };
    let calls = sandbox.world().calls.clone();
    let dialled = calls.iter().filter(|call| call.sid == parent);
    let dialled = dialled.filter_map(|call| Some(child(&sandbox, call, call.lead.as_ref()?)));
    let dialled: Vec<Value> = dialled.take(size).collect();
    let uri =
        format!("/2010-04-01/Accounts/{account}/Calls.json?ParentCallSid={parent}&PageSize={size}&Page=0");
    let body = json!({
        "calls": dialled, "page": 0, "page_size": size, "start": 0, "end": dialled.len().saturating_sub(1),
        "uri": uri, "first_page_uri": uri, "next_page_uri": null, "previous_page_uri": null,
    });
    Json(body).into_response()
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
    let leg = (call.to.as_str(), call.seconds(), call.ended_at);
    let Priced { price, unit } = price_of(leg, sandbox.now());
    json!({
        "account_sid": account,
        "api_version": "2010-04-01",
        "direction": "outbound-api",
        "duration": call.ended_at.map(|_| call.seconds().to_string()),
        "from": call.from,
        "parent_call_sid": Value::Null,
        "price": price,
        "price_unit": unit,
        "sid": call.sid,
        "status": call.status,
        "to": call.to,
        "uri": format!("/2010-04-01/Accounts/{account}/Calls/{}.json", call.sid),
    })
}

fn child(sandbox: &Sandbox, parent: &PhoneCall, leg: &LeadLeg) -> Value {
    let account = &sandbox.config().credentials.twilio_account_sid;
    let Priced { price, unit } = price_of((&leg.to, leg.seconds(), leg.ended_at), sandbox.now());
    json!({
        "account_sid": account,
        "api_version": "2010-04-01",
        "direction": "outbound-dial",
        "duration": leg.ended_at.map(|_| leg.seconds().to_string()),
        "from": leg.caller,
        "parent_call_sid": parent.sid,
        "price": price,
        "price_unit": unit,
        "sid": leg.sid,
        "status": leg.status,
        "to": leg.to,
        "uri": format!("/2010-04-01/Accounts/{account}/Calls/{}.json", leg.sid),
    })
}
