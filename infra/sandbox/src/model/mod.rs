//! An OpenAI-compatible chat model that knows only the numbered facts it is given, reads answers by a few words, and
//! rewrites drafts.

pub(crate) mod anthropic;
pub(crate) mod azure;
mod facts;
pub(crate) mod obedient;
mod proposer;
mod reader;
mod request;
mod rewriter;
mod schema;
mod writer;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::doors::{Provider, Refusal, whole_seconds};
use crate::sandbox::Sandbox;
use request::{Chat, Format};

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/v1/models", get(models))
        .fallback(async || refuse(404, "invalid_request_error", None, None, "Unknown request URL"))
}

async fn complete(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = enter(&sandbox, &headers) {
        return *refused;
    }
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"));
    let Some(body) = is_json.then(|| serde_json::from_slice::<Value>(&body).ok()).flatten() else {
        return refuse(
            400,
            "invalid_request_error",
            None,
            None,
            "We could not parse the JSON body of your request.",
        );
    };
    let chat = match request::parse(&body, &sandbox.config().credentials.models) {
        Ok(chat) => chat,
        Err(bad) => return refuse(bad.status, "invalid_request_error", bad.param, bad.code, &bad.message),
    };
    let now = sandbox.now();
    let text = write(&sandbox, &chat);
    let (text, finish) = cut(text, chat.max_tokens);
    if sandbox.answer_is_lost(Provider::Model) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    let prompt_tokens = tokens(&chat.prompt());
    let completion_tokens = tokens(&text);
    let mut roll = sandbox.seed().roll(&["completion", &chat.model, &chat.prompt()]);
    Json(json!({
        "id": format!("chatcmpl-{}", roll.hex(29)),
        "object": "chat.completion",
        "created": now.as_second(),
        "model": chat.model,
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": text, "refusal": Value::Null, "annotations": []},
            "logprobs": Value::Null,
            "finish_reason": finish,
        }],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        },
        "service_tier": "default",
        "system_fingerprint": "fp_sandbox",
    }))
    .into_response()
}

fn write(sandbox: &Sandbox, chat: &Chat) -> String {
    let prompt = chat.prompt();
    if let Format::Schema(schema) = &chat.format {
        let asked =
            || chat.messages.iter().rev().find(|(role, _)| role == "user").map(|(_, text)| text.as_str());
        let obeyed = asked().filter(|_| sandbox.config().obedient_model);
        if let Some(answer) = obeyed.and_then(|question| obedient::obey(question, schema)) {
            return answer.to_string();
        }
        let known = || {
            rewriter::rewrite(&prompt)
                .or_else(|| rewriter::reply(&prompt))
                .or_else(|| proposer::icp(&prompt))
                .or_else(|| proposer::sequence(schema, &prompt))
        };
        if let Some(answer) = reader::read(schema, &prompt).or_else(known) {
            return answer.to_string();
        }
    }
    let mut roll = sandbox.seed().roll(&["first line", &prompt]);
    let written = writer::write(&chat.messages, &mut roll);
    match &chat.format {
        Format::Text => written.line,
        Format::AnyJson => json!({"text": written.line, "facts": written.facts}).to_string(),
        Format::Schema(schema) => schema::fill(schema, schema, "", &written).to_string(),
    }
}

fn cut(text: String, max_tokens: Option<usize>) -> (String, &'static str) {
    match max_tokens {
        Some(most) if tokens(&text) > most => (text.chars().take(most * 4).collect(), "length"),
        _ => (text, "stop"),
    }
}

/// The estimated number of tokens, about four characters each.
fn tokens(text: &str) -> usize {
    text.chars().count().div_ceil(4)
}

async fn models(State(sandbox): State<Sandbox>, headers: HeaderMap) -> Response {
    if let Err(refused) = enter(&sandbox, &headers) {
        return *refused;
    }
    let list: Vec<Value> = sandbox
        .config()
        .credentials
        .models
        .iter()
        .map(|id| json!({"id": id, "object": "model", "created": 1_700_000_000, "owned_by": "sandbox"}))
        .collect();
    Json(json!({"object": "list", "data": list})).into_response()
}

fn enter(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), Box<Response>> {
    if sandbox.turns_away(Provider::Model) {
        return Err(Box::new(refuse(
            503,
            "server_error",
            None,
            None,
            "The engine is currently overloaded, please try again later",
        )));
    }
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(key) = given.strip_prefix("Bearer ").filter(|key| !key.is_empty()) else {
        let text = "You didn't provide an API key in an Authorization header using Bearer auth.";
        return Err(Box::new(refuse(401, "invalid_request_error", None, None, text)));
    };
    if key != sandbox.config().credentials.model_key {
        let shown: String = key.chars().take(4).collect();
        let text = format!("Incorrect API key provided: {shown}****.");
        return Err(Box::new(refuse(401, "invalid_request_error", None, Some("invalid_api_key"), &text)));
    }
    match sandbox.admit(Provider::Model) {
        Ok(()) => Ok(()),
        Err(Refusal::Outage) => {
            Err(Box::new(refuse(503, "server_error", None, None, "The engine is currently overloaded")))
        }
        Err(Refusal::OutOfCredit) => {
            let text = "You exceeded your current quota, please check your plan and billing details.";
            Err(Box::new(refuse(429, "insufficient_quota", None, Some("insufficient_quota"), text)))
        }
        Err(Refusal::RateLimited { retry_after }) => {
            let text = "Rate limit reached for requests.";
            let mut refused = refuse(429, "requests", None, Some("rate_limit_exceeded"), text);
            refused.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(retry_after)));
            Err(Box::new(refused))
        }
    }
}

fn refuse(status: u16, kind: &str, param: Option<&str>, code: Option<&str>, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let error = json!({"error": {"message": message, "type": kind, "param": param, "code": code}});
    (status, Json(error)).into_response()
}
