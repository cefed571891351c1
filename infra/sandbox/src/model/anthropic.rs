//! The same model behind Anthropic's Messages API, with its headers, errors and checks.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::request::{Chat, Format};
use super::{cut, tokens, write};
use crate::doors::{Provider, Refusal, whole_seconds};
use crate::sandbox::Sandbox;

const FIELDS: [&str; 11] = [
    "model",
    "max_tokens",
    "messages",
    "system",
    "temperature",
    "top_p",
    "top_k",
    "stop_sequences",
    "metadata",
    "stream",
    "output_config",
];

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/v1/messages", post(message))
        .fallback(async || refuse(404, "not_found_error", "Not found"))
}

fn refuse(status: u16, kind: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let body =
        json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_sandbox"});
    (status, Json(body)).into_response()
}

fn enter(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), Box<Response>> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if sandbox.turns_away(Provider::Model) {
        return Err(Box::new(refuse(529, "overloaded_error", "Overloaded")));
    }
    if text("anthropic-version").is_empty() {
        return Err(Box::new(refuse(400, "invalid_request_error", "anthropic-version: header is required")));
    }
    if text("x-api-key") != sandbox.config().credentials.model_key {
        return Err(Box::new(refuse(401, "authentication_error", "invalid x-api-key")));
    }
    let refused = match sandbox.admit(Provider::Model) {
        Ok(()) => return Ok(()),
        Err(Refusal::Outage) => refuse(529, "overloaded_error", "Overloaded"),
        Err(Refusal::OutOfCredit) => refuse(402, "billing_error", "There is an issue with your billing"),
        Err(Refusal::RateLimited { retry_after }) => {
            let mut refused = refuse(429, "rate_limit_error", "This request would exceed your rate limit");
            refused.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(retry_after)));
            refused
        }
    };
    Err(Box::new(refused))
}

async fn message(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = enter(&sandbox, &headers) {
        return *refused;
    }
    let chat = match parse(&body, &sandbox.config().credentials.models) {
        Ok(chat) => chat,
        Err((status, kind, message)) => return refuse(status, kind, &message),
    };
    let (text, finish) = cut(write(&sandbox, &chat), chat.max_tokens);
    if sandbox.answer_is_lost(Provider::Model) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    let reason = if finish == "length" { "max_tokens" } else { "end_turn" };
    let id = sandbox.seed().roll(&["message", &chat.model, &chat.prompt()]).hex(24);
    Json(json!({
        "id": format!("msg_{id}"), "type": "message", "role": "assistant", "model": chat.model,
        "content": [{"type": "text", "text": text}], "stop_reason": reason, "stop_sequence": null,
        "usage": {"input_tokens": tokens(&chat.prompt()), "output_tokens": tokens(&text),
                  "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0},
    }))
    .into_response()
}

type Bad = (u16, &'static str, String);

fn parse(body: &[u8], models: &[String]) -> Result<Chat, Bad> {
    let bad = |message: &str| (400, "invalid_request_error", message.to_owned());
    let body: Value = serde_json::from_slice(body).map_err(|_| bad("The request body is not valid JSON"))?;
    let fields = body.as_object().ok_or_else(|| bad("The request body is not an object"))?;
    if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(bad(&format!("{unknown}: Extra inputs are not permitted")));
    }
    let model = body["model"].as_str().ok_or_else(|| bad("model: Field required"))?;
    let max_tokens = body["max_tokens"].as_u64().filter(|most| *most > 0);
    let max_tokens = max_tokens.ok_or_else(|| bad("max_tokens: Field required"))?;
    let list = body["messages"].as_array().ok_or_else(|| bad("messages: Field required"))?;
    if list.is_empty() {
        return Err(bad("messages: at least one message is required"));
    }
    let mut messages = Vec::new();
    if let Some(system) = body["system"].as_str() {
        messages.push(("system".to_owned(), system.to_owned()));
    }
    for message in list {
        let role = message["role"].as_str().filter(|role| ["user", "assistant"].contains(role));
        let role = role.ok_or_else(|| bad("messages: Unexpected role"))?;
        let content = message["content"].as_str().ok_or_else(|| bad("messages: content is required"))?;
        messages.push((role.to_owned(), content.to_owned()));
    }
    if !models.iter().any(|known| known == model) {
        return Err((404, "not_found_error", format!("model: {model}")));
    }
    let format = match &body["output_config"]["format"] {
        Value::Null => Format::Text,
        format if format["type"] == "json_schema" && format["schema"].is_object() => {
            Format::Schema(format["schema"].clone())
        }
        _ => return Err(bad("output_config.format: Input should be a json_schema with a schema")),
    };
    Ok(Chat { model: model.to_owned(), messages, format, max_tokens: usize::try_from(max_tokens).ok() })
}
