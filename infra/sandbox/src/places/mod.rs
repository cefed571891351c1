//! SerpAPI's Google Maps search: the place that an address names, in its real country and time zone.

pub(crate) mod gazetteer;
mod result;

pub(crate) use result::search;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::doors::{Provider, Refusal, whole_seconds};
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
struct Asked {
    engine: Option<String>,
    api_key: Option<String>,
    q: Option<String>,
    r#type: Option<String>,
    ll: Option<String>,
    location: Option<String>,
    lat: Option<String>,
    lon: Option<String>,
    z: Option<String>,
    m: Option<String>,
    start: Option<String>,
}

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/search.json", get(search_maps))
        .route("/search", get(search_maps))
        .route("/account", get(account))
        .fallback(async || refuse(404, "The requested page does not exist."))
}

async fn search_maps(State(sandbox): State<Sandbox>, Query(asked): Query<Asked>) -> Response {
    if let Err(refused) = enter(&sandbox, asked.api_key.as_deref()) {
        return *refused;
    }
    match asked.engine.as_deref() {
        None | Some("") => return refuse(400, "Missing `engine` parameter."),
        Some("google_maps") => {}
        Some(other) => return refuse(400, &format!("Unsupported `{other}` search engine.")),
    }
    let Some(query) = asked.q.as_deref().filter(|q| !q.trim().is_empty()) else {
        return refuse(400, "Missing query `q` parameter.");
    };
    if let Err(problem) = check(&asked) {
        return refuse(400, problem);
    }
    sandbox.spend_credits(Provider::Serpapi, 1);
    if sandbox.answer_is_lost(Provider::Serpapi) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    let start = asked.start.as_deref().and_then(|start| start.parse().ok()).unwrap_or(0);
    Json(result::search(&sandbox, query, start)).into_response()
}

/// Checks the parameters that depend on each other.
fn check(asked: &Asked) -> Result<(), &'static str> {
    if asked.r#type.as_deref().is_some_and(|kind| !matches!(kind, "search" | "place")) {
        return Err("Unsupported value for `type` parameter. It should be `search` or `place`.");
    }
    if let Some(ll) = asked.ll.as_deref() {
        if asked.location.is_some() || asked.lat.is_some() {
            return Err("`ll` parameter can't be used together with `location` or `lat` and `lon`.");
        }
        if !is_map_position(ll) {
            return Err("Invalid `ll` parameter. It should be in the format: @latitude,longitude,zoom.");
        }
    }
    if asked.lat.is_some() != asked.lon.is_some() {
        return Err("`lat` and `lon` parameters must be used together.");
    }
    if (asked.location.is_some() || asked.lat.is_some()) && asked.z.is_none() && asked.m.is_none() {
        return Err("`z` or `m` parameter is required with `location` or `lat` and `lon`.");
    }
    match asked.start.as_deref().map(str::parse::<u32>) {
        None => Ok(()),
        Some(Ok(start)) if start % 20 == 0 && start <= 100 => Ok(()),
        Some(_) => Err("Invalid `start` parameter. It should be a multiple of 20, at most 100."),
    }
}

pub(crate) fn is_map_position(ll: &str) -> bool {
    let Some(rest) = ll.strip_prefix('@') else { return false };
    let parts: Vec<&str> = rest.split(',').collect();
    let [lat, lon, zoom] = parts.as_slice() else { return false };
    let within = |text: &str, limit: f64| text.parse::<f64>().is_ok_and(|value| value.abs() <= limit);
    let zoomed = match (zoom.strip_suffix('z'), zoom.strip_suffix('m')) {
        (Some(zoom), _) => zoom.parse::<f64>().is_ok_and(|zoom| (3.0..=30.0).contains(&zoom)),
        (None, Some(metres)) => metres.parse::<f64>().is_ok_and(|metres| metres > 0.0),
        (None, None) => false,
    };
    within(lat, 90.0) && within(lon, 180.0) && zoomed
}

async fn account(State(sandbox): State<Sandbox>, Query(asked): Query<Asked>) -> Response {
    let key = asked.api_key.unwrap_or_default();
    if key != sandbox.config().credentials.serpapi_key {
        return refuse(401, INVALID_KEY);
    }
    Json(json!({
        "account_id": "sandbox", "api_key": key, "plan_id": "sandbox", "plan_name": "Sandbox",
        "searches_per_month": 1_000_000, "total_searches_left": 1_000_000, "this_month_usage": 0,
        "this_hour_searches": 0, "account_rate_limit_per_hour": 1_000_000,
    }))
    .into_response()
}

const INVALID_KEY: &str = "Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key";

fn enter(sandbox: &Sandbox, key: Option<&str>) -> Result<(), Box<Response>> {
    if sandbox.turns_away(Provider::Serpapi) {
        return Err(Box::new(refuse(503, "Service temporarily unavailable.")));
    }
    if key != Some(sandbox.config().credentials.serpapi_key.as_str()) {
        return Err(Box::new(refuse(401, INVALID_KEY)));
    }
    match sandbox.admit(Provider::Serpapi) {
        Ok(()) => Ok(()),
        Err(Refusal::Outage) => Err(Box::new(refuse(503, "Service temporarily unavailable."))),
        Err(Refusal::OutOfCredit) => Err(Box::new(refuse(429, "Your account has run out of searches."))),
        Err(Refusal::RateLimited { retry_after }) => Err(Box::new(refuse(
            429,
            &format!(
                "You are exceeding the hourly limit of searches of your plan. Wait {} seconds.",
                whole_seconds(retry_after)
            ),
        ))),
    }
}

fn refuse(status: u16, text: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(json!({"error": text}))).into_response()
}
