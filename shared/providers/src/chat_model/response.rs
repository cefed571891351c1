//! The model's text, or why there is none. Blocked, cut off and empty answers count as refusals of the prompt.

use crate::calls::{broken, lost};
use crate::transport::TransportError;
use crate::wire::{excerpt, retry_after};
use application::ports::provider_calls::{CallError, Completion};
use http::Response;
use jiff::SignedDuration;
use serde::Deserialize;

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

/// The tokens used; local servers leave them out.
#[derive(Deserialize, Default)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
}

#[derive(Deserialize, Default)]
struct Fault {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    code: Option<serde_json::Value>,
    #[serde(rename = "type", default)]
    kind: Option<String>,
}

/// An error, nested, or flat as some local servers send it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Refusal {
    Nested { error: Fault },
    Flat(Fault),
}

pub(crate) fn outcome(result: Result<Response<Vec<u8>>, TransportError>) -> Result<Completion, CallError> {
    let response = result.map_err(lost)?;
    if response.status().is_success() {
        let answer: Answer = serde_json::from_slice(response.body()).map_err(|_| broken(&response))?;
        return completion(answer).unwrap_or_else(|| Err(broken(&response)));
    }
    let fault = match serde_json::from_slice(response.body()) {
        Ok(Refusal::Nested { error } | Refusal::Flat(error)) => error,
        Err(_) => Fault::default(),
    };
    let code = match &fault.code {
        Some(serde_json::Value::String(code)) => code.as_str(),
        _ => fault.kind.as_deref().unwrap_or_default(),
    };
    let no_credit = ["insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached"];
    let told = excerpt(&format!("{code} {}", fault.message.as_deref().unwrap_or_default()));
    match response.status().as_u16() {
        401..=404 => Err(CallError::Account(told)),
        429 if no_credit.contains(&code) => Err(CallError::Account(told)),
        429 => Err(CallError::RateLimited { after: wait(&response) }),
        // A model that missed its own schema does better on another try.
        400 if code == "json_validate_failed" => Err(broken(&response)),
        408 | 409 | 498 => Err(broken(&response)),
        400..=499 => Err(CallError::Rejected(told)),
        _ => Err(broken(&response)),
    }
}

/// Returns the completion; `None` if the response holds no choice at all.
fn completion(answer: Answer) -> Option<Result<Completion, CallError>> {
    let choice = answer.choices.into_iter().next()?;
    let refused = |why: &str| Some(Err(CallError::Rejected(why.to_owned())));
    if choice.message.refusal.is_some_and(|text| !text.is_empty()) {
        return refused("the model refuses to answer");
    }
    let text = choice.message.content.unwrap_or_default().trim().to_owned();
    match choice.finish_reason.as_deref() {
        Some("content_filter") => return refused("the answer was blocked by the content filter"),
        Some("length") => return refused("the answer did not fit into the tokens allowed"),
        _ if text.is_empty() => return refused("the answer is empty"),
        _ => {}
    }
    let usage = answer.usage.unwrap_or_default();
    Some(Ok(Completion {
        text,
        prompt_tokens: usage.prompt_tokens,
        completion_tokens: usage.completion_tokens,
    }))
}

/// Returns the wait that the provider asks for; some give it in milliseconds, too.
fn wait(response: &Response<Vec<u8>>) -> Option<SignedDuration> {
    let millis =
        response.headers().get("retry-after-ms").and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    let exact = millis.filter(|millis| (0..=86_400_000).contains(millis)).map(SignedDuration::from_millis);
    exact.or_else(|| retry_after(response))
}
