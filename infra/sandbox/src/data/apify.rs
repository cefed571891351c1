//! Apify: actors that run for a while and leave their items in a data set. A run goes on even if the answer to its start
//! is lost.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{admit, bearer, pairs, value};
use crate::doors::{Provider, Refusal};
use crate::places;
use crate::sandbox::Sandbox;

/// The actors of this marketplace: one echoes its input, one searches maps, one fails.
const ACTORS: [&str; 3] = ["sandbox~echo", "sandbox~places", "sandbox~failing"];
const RUNS_FOR: SignedDuration = SignedDuration::from_secs(15);
const LARGEST_INPUT: usize = 9_437_184;

/// A run that was started.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ActorRun {
    actor: String,
    input: Value,
    started_at: Timestamp,
}

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/v2/acts/{actor}/runs", post(start))
        .route("/v2/actor-runs/{run}", get(run))
        .route("/v2/datasets/{dataset}/items", get(items))
        .fallback(async || {
            refuse(404, "page-not-found", "We have bad news: there is no API endpoint at this URL.")
        })
}

fn refuse(status: u16, kind: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(json!({"error": {"type": kind, "message": message}}))).into_response()
}

fn enter(sandbox: &Sandbox, headers: &HeaderMap, query: &[(String, String)]) -> Result<(), Box<Response>> {
    let token = value(query, "token").unwrap_or(bearer(headers));
    let is_ours = token == sandbox.config().credentials.apify_token;
    let refused = match (is_ours, admit(sandbox, Provider::Apify)) {
        (_, Err(Refusal::Outage)) => refuse(503, "service-unavailable", "Please try again later"),
        (false, _) if token.is_empty() => {
            refuse(401, "token-not-provided", "Authentication token was not provided")
        }
        (false, _) => {
            refuse(401, "user-or-token-not-found", "User was not found or authentication token is not valid")
        }
        (true, Ok(())) => return Ok(()),
        (true, Err(Refusal::OutOfCredit)) => refuse(
            402,
            "not-enough-usage-to-run-paid-actor",
            "By launching this job you will exceed your remaining usage",
        ),
        (true, Err(Refusal::RateLimited { .. })) => {
            refuse(429, "rate-limit-exceeded", "You have exceeded the rate limit of 60 requests per second")
        }
    };
    Err(Box::new(refused))
}

async fn start(
    State(sandbox): State<Sandbox>,
    Path(actor): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let asked = pairs(query.as_deref());
    if let Err(refused) = enter(&sandbox, &headers, &asked) {
        return *refused;
    }
    if !ACTORS.contains(&actor.as_str()) {
        return refuse(404, "record-not-found", "Actor was not found");
    }
    if body.len() > LARGEST_INPUT {
        return refuse(413, "request-too-large", "The input is larger than 9437184 bytes");
    }
    let numbers = ["timeout", "maxItems", "memory", "waitForFinish"];
    let odd =
        numbers.iter().find(|name| value(&asked, name).is_some_and(|text| text.parse::<u32>().is_err()));
    if let Some(odd) = odd {
        return refuse(400, "invalid-value", &format!("The value of {odd} is not a number"));
    }
    let Ok(input) = serde_json::from_slice::<Value>(&body) else {
        return refuse(400, "run-input-body-not-valid-json", "The POST payload is not a valid JSON");
    };
    let now = sandbox.now();
    let id = {
        let mut world = sandbox.world();
        let number = world.actor_runs.len();
        let id = sandbox.seed().roll(&["actor run", &actor, &number.to_string()]).hex(17);
        world.actor_runs.insert(id.clone(), ActorRun { actor, input, started_at: now });
        id
    };
    sandbox.spend_credits(Provider::Apify, 1);
    if sandbox.answer_is_lost(Provider::Apify) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    (StatusCode::CREATED, Json(json!({"data": told(&id, &known(&sandbox, &id), now)}))).into_response()
}

fn known(sandbox: &Sandbox, id: &str) -> Option<ActorRun> {
    sandbox.world().actor_runs.get(id).cloned()
}

fn told(id: &str, run: &Option<ActorRun>, now: Timestamp) -> Value {
    let is_over = run.as_ref().is_some_and(|run| now.duration_since(run.started_at) >= RUNS_FOR);
    let fails = run.as_ref().is_some_and(|run| run.actor == "sandbox~failing");
    let status = match (is_over, fails) {
        (false, _) => "RUNNING",
        (true, true) => "FAILED",
        (true, false) => "SUCCEEDED",
    };
    let message = (status == "FAILED").then_some("The actor failed on purpose");
    json!({
        "id": id, "actId": "sandbox", "status": status, "statusMessage": message, "defaultDatasetId": id,
        "defaultKeyValueStoreId": id, "startedAt": run.as_ref().map(|run| run.started_at.to_string()),
        "finishedAt": null, "usageTotalUsd": 0.01,
    })
}

async fn run(State(sandbox): State<Sandbox>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Err(refused) = enter(&sandbox, &headers, &[]) {
        return *refused;
    }
    match known(&sandbox, &id) {
        None => refuse(404, "record-not-found", "Actor run was not found"),
        run => Json(json!({"data": told(&id, &run, sandbox.now())})).into_response(),
    }
}

async fn items(State(sandbox): State<Sandbox>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Err(refused) = enter(&sandbox, &headers, &[]) {
        return *refused;
    }
    let Some(run) = known(&sandbox, &id) else {
        return refuse(404, "record-not-found", "Dataset was not found");
    };
    let is_over = sandbox.now().duration_since(run.started_at) >= RUNS_FOR;
    let items: Vec<Value> = match (is_over, run.actor.as_str()) {
        (false, _) | (_, "sandbox~failing") => Vec::new(),
        (true, "sandbox~places") => {
            let sought = run.input["search"].as_str().or(run.input["q"].as_str()).unwrap_or_default();
            let found = places::search(&sandbox, sought, 0);
            let one = found.get("place_results").into_iter();
            one.chain(found.get("local_results").and_then(Value::as_array).into_iter().flatten())
                .cloned()
                .collect()
        }
        (true, _) => vec![run.input],
    };
    let total = HeaderValue::from(items.len());
    let mut answer = Json(items).into_response();
    answer.headers_mut().insert("x-apify-pagination-total", total);
    answer
}
