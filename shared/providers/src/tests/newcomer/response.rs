//! Classifies the provider's responses. A message whose response cannot be understood may have been accepted.

use super::error_code::{Meaning, meaning};
use crate::senders::{arrived, over_rate, unclear};
use crate::sends::Answered;
use crate::wire::{excerpt, retry_after};
use application::ports::provider_calls::{Accepted, SendError};
use http::StatusCode;
use serde::Deserialize;

#[derive(Deserialize)]
struct Taken {
    id: String,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
    #[serde(default)]
    message: String,
}

/// Classifies the response to a send. `recipient` is removed from the provider's text.
pub(super) fn outcome(answer: Answered, recipient: &str) -> Result<Accepted, SendError> {
    let response = arrived(answer, "Newcomer")?;
    let status = response.status();
    if status.is_success() {
        let taken: Taken = serde_json::from_slice(response.body()).map_err(|_| unclear(status))?;
        return Ok(Accepted::with_id(Some(taken.id)));
    }
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        return Err(unclear(status));
    }
    let after = retry_after(&response);
    let Ok(Refusal { code, message }) = serde_json::from_slice(response.body()) else {
        // A response without a code is not the provider's own refusal, but one of something before it.
        return Err(match status {
            StatusCode::TOO_MANY_REQUESTS => over_rate("too many requests".to_owned(), after),
            _ => SendError::Account { detail: format!("the base URL answers {status}") },
        });
    };
    let detail = excerpt(&message.replace(recipient, "the recipient"));
    Err(match meaning(&code) {
        Meaning::Refused { class, suppress } => SendError::refused(class, Some(code), detail, suppress),
        Meaning::Later => SendError::Retryable { detail, after },
        Meaning::Account => SendError::Account { detail: format!("{code}: {detail}") },
        Meaning::Wait => over_rate(detail, after),
    })
}
