//! The state of a run, what it found, and Apify's errors. No credit comes as 402 or 403.

use super::request;
use crate::calls::{broken, unreadable};
use crate::data_connectors::RunState;
use crate::wire::{excerpt, retry_after};
use application::ports::provider_calls::CallError;
use http::Response;
use serde::Deserialize;

#[derive(Deserialize)]
struct Answer {
    data: Run,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    id: String,
    status: String,
    status_message: Option<String>,
    default_dataset_id: Option<String>,
}

pub(super) fn started(response: &Response<Vec<u8>>) -> Result<String, CallError> {
    match response.status().as_u16() {
        201 => Ok(answer(response)?.id),
        _ => Err(refusal(response)),
    }
}

pub(super) fn run(response: &Response<Vec<u8>>) -> Result<RunState, CallError> {
    if response.status().as_u16() != 200 {
        return Err(refusal(response));
    }
    let run = answer(response)?;
    match run.status.as_str() {
        "SUCCEEDED" => {
            let dataset = run.default_dataset_id.unwrap_or_default();
            request::items(&dataset).map(RunState::Done).map_err(CallError::Rejected)
        }
        "READY" | "RUNNING" | "TIMING-OUT" | "ABORTING" => Ok(RunState::Running),
        ended => {
            let why = run.status_message.unwrap_or_default();
            Ok(RunState::Failed(excerpt(&format!("{} {why}", ended.to_lowercase()))))
        }
    }
}

/// Returns the items as they came: a bare list.
pub(super) fn items(response: &Response<Vec<u8>>) -> Result<String, CallError> {
    if response.status().as_u16() != 200 {
        return Err(refusal(response));
    }
    let items: Vec<serde_json::Value> =
        serde_json::from_slice(response.body()).map_err(|_| broken(response))?;
    serde_json::to_string(&items).map_err(|_| broken(response))
}

fn answer(response: &Response<Vec<u8>>) -> Result<Run, CallError> {
    serde_json::from_slice::<Answer>(response.body())
        .map(|answer| answer.data)
        .map_err(|_| unreadable(response))
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

fn refusal(response: &Response<Vec<u8>>) -> CallError {
    let fault = serde_json::from_slice::<Refusal>(response.body())
        .map_or_else(|_| Fault::default(), |told| told.error);
    let told = excerpt(&format!("{} {}", fault.kind, fault.message));
    match response.status().as_u16() {
        401..=403 => CallError::Account(told),
        429 => CallError::RateLimited { after: retry_after(response) },
        // The run goes on, and is charged.
        408 => unreadable(response),
        400..=499 => CallError::Rejected(told),
        _ => broken(response),
    }
}
