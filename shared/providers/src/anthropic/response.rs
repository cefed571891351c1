//! The model's text, or why there is none. Cached tokens are counted apart there, and are part of the prompt here.

use crate::calls::{broken, lost};
use crate::transport::TransportError;
use crate::wire::{excerpt, retry_after};
use application::ports::provider_calls::{CallError, Completion};
use http::Response;
use serde::Deserialize;

#[derive(Deserialize)]
struct Answer {
    content: Vec<Part>,
    stop_reason: Option<String>,
    #[serde(default)]
    usage: Usage,
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Usage {
    input_tokens: u32,
    output_tokens: u32,
    cache_creation_input_tokens: Option<u32>,
    cache_read_input_tokens: Option<u32>,
}

#[derive(Deserialize)]
struct Refusal {
    error: Fault,
}

#[derive(Deserialize, Default)]
struct Fault {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    message: String,
}

pub(crate) fn outcome(result: Result<Response<Vec<u8>>, TransportError>) -> Result<Completion, CallError> {
    let response = result.map_err(lost)?;
    if response.status().is_success() {
        let answer: Answer = serde_json::from_slice(response.body()).map_err(|_| broken(&response))?;
        return completion(answer);
    }
    let fault = serde_json::from_slice::<Refusal>(response.body())
        .map_or_else(|_| Fault::default(), |told| told.error);
    let told = excerpt(&format!("{} {}", fault.kind, fault.message));
    match response.status().as_u16() {
        401..=404 => Err(CallError::Account(told)),
        429 if told.contains("enforced_spend_limit_reached") => Err(CallError::Account(told)),
        429 => Err(CallError::RateLimited { after: retry_after(&response) }),
        // Out of credit, in the words of older plans.
        400 if told.contains("credit balance is too low") => Err(CallError::Account(told)),
        408 | 409 => Err(broken(&response)),
        400..=499 => Err(CallError::Rejected(told)),
        _ => Err(broken(&response)),
    }
}

fn completion(answer: Answer) -> Result<Completion, CallError> {
    let refused = |why: &str| Err(CallError::Rejected(why.to_owned()));
    match answer.stop_reason.as_deref() {
        Some("refusal") => return refused("the model refuses to answer"),
        Some("max_tokens" | "model_context_window_exceeded") => {
            return refused("the answer did not fit into the tokens allowed");
        }
        _ => {}
    }
    let parts = answer.content.into_iter().filter(|part| part.kind == "text");
    let text = parts.filter_map(|part| part.text).collect::<String>().trim().to_owned();
    if text.is_empty() {
        return refused("the answer is empty");
    }
    let usage = answer.usage;
    let cached = usage.cache_creation_input_tokens.unwrap_or(0) + usage.cache_read_input_tokens.unwrap_or(0);
    Ok(Completion {
        text,
        prompt_tokens: usage.input_tokens + cached,
        completion_tokens: usage.output_tokens,
    })
}
