//! Apollo's errors. A wrong key is told as plain text; no credit comes as 422.

use crate::calls::{broken, unreadable};
use crate::wire::{excerpt, retry_after};
use application::ports::provider_calls::CallError;
use http::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    error_code: Option<String>,
    #[serde(default)]
    error_message: Option<String>,
}

pub(super) fn read<T: DeserializeOwned>(response: &Response<Vec<u8>>) -> Result<T, CallError> {
    match response.status().as_u16() {
        200 | 201 => serde_json::from_slice(response.body()).map_err(|_| unreadable(response)),
        _ => Err(refusal(response)),
    }
}

fn refusal(response: &Response<Vec<u8>>) -> CallError {
    let told = match serde_json::from_slice::<Refusal>(response.body()) {
        Ok(refusal) => {
            let parts = [refusal.error_code, refusal.error, refusal.error_message];
            excerpt(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
        }
        Err(_) => excerpt(&String::from_utf8_lossy(response.body())),
    };
    let lower = told.to_lowercase();
    let no_credit = lower.contains("insufficient credits") || lower.contains("credits_exhausted");
    match response.status().as_u16() {
        401..=404 => CallError::Account(told),
        422 if no_credit => CallError::Account(told),
        429 => CallError::RateLimited { after: retry_after(response) },
        400..=499 => CallError::Rejected(told),
        _ => broken(response),
    }
}
