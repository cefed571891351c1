//! Serper's search on the map: the same places as SerpAPI's, in its own form.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{admit, header};
use crate::doors::{Provider, Refusal};
use crate::places;
use crate::sandbox::Sandbox;

const A_PAGE: u64 = 20;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/maps", post(maps)).fallback(async || refuse(404, "Not Found."))
}

fn refuse(code: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(json!({"message": message, "statusCode": code}))).into_response()
}

async fn maps(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let is_ours = header(&headers, "x-api-key") == sandbox.config().credentials.serper_key;
    match (is_ours, admit(&sandbox, Provider::Serper)) {
        (_, Err(Refusal::Outage)) => return refuse(503, "Service unavailable."),
        (false, _) => return refuse(403, "Unauthorized."),
        (true, Err(Refusal::OutOfCredit)) => return refuse(400, "Not enough credits"),
        (true, Err(Refusal::RateLimited { .. })) => return refuse(429, "Too many requests."),
        (true, Ok(())) => {}
    }
    let Ok(asked) = serde_json::from_slice::<Value>(&body) else {
        return refuse(400, "Invalid JSON.");
    };
    let Some(query) = asked["q"].as_str().filter(|query| !query.trim().is_empty()) else {
        return refuse(400, "Missing query parameter");
    };
    let page = match &asked["page"] {
        Value::Null => 1,
        page => match page.as_u64().filter(|page| *page > 0) {
            Some(page) => page,
            None => return refuse(400, "Parameter page must be a positive number"),
        },
    };
    if page > 1 && asked["ll"].as_str().is_none_or(|ll| !places::is_map_position(ll)) {
        return refuse(400, "Parameter ll (GPS location) is required for paginated maps search");
    }
    let found = places::search(&sandbox, query, (page - 1) * A_PAGE);
    let one = found.get("place_results").into_iter();
    let listed = found.get("local_results").and_then(Value::as_array).into_iter().flatten();
    let places: Vec<Value> = one.chain(listed).map(told).collect();
    sandbox.spend_credits(Provider::Serper, 1);
    if sandbox.answer_is_lost(Provider::Serper) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    Json(json!({"searchParameters": {"q": query, "type": "maps", "engine": "google"}, "places": places, "credits": 1}))
        .into_response()
}

fn told(place: &Value) -> Value {
    let kind = match &place["type"] {
        Value::Array(kinds) => kinds.first().cloned().unwrap_or(Value::Null),
        kind => kind.clone(),
    };
    json!({
        "title": place["title"], "address": place["address"], "latitude": place["gps_coordinates"]["latitude"],
        "longitude": place["gps_coordinates"]["longitude"], "rating": place["rating"],
        "ratingCount": place["reviews"], "type": kind, "website": place["website"],
        "phoneNumber": place["phone"], "cid": place["data_cid"], "fid": place["data_id"],
        "placeId": place["place_id"],
    })
}
