//! Classifies the Cloud API's responses to a send. It honours no idempotency key, so a message that may have arrived
//! is uncertain.

use super::error_code::{Meaning, NEEDS_NUMBER, meaning};
use crate::senders::{arrived, over_rate, unclear};
use crate::transport::TransportError;
use crate::wire::{excerpt, retry_after};
use application::ports::provider_calls::{Accepted, SendError};
use domain::message::failure_class::FailureClass;
use http::{Response, StatusCode};
use serde::Deserialize;

const NUMBER_IS_UNKNOWN: &str =
    "WhatsApp sends this template only to a phone number, and no number of the person is known";

#[derive(Deserialize)]
struct Created {
    messages: Vec<Sent>,
}

#[derive(Deserialize)]
struct Sent {
    id: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: Told,
}

#[derive(Deserialize)]
struct Told {
    code: u32,
    error_subcode: Option<u32>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    is_transient: bool,
    error_data: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    #[serde(default)]
    details: String,
}

/// Classifies the response to a send. `recipient` is removed from the API's text.
pub(crate) fn outcome(
    result: Result<Response<Vec<u8>>, TransportError>,
    recipient: &str,
) -> Result<Accepted, SendError> {
    let response = arrived(result, "WhatsApp")?;
    let status = response.status();
    if status.is_success() {
        let created: Created = serde_json::from_slice(response.body()).map_err(|_| unclear(status))?;
        let sent = created.messages.into_iter().next().ok_or_else(|| unclear(status))?;
        return Ok(Accepted::with_id(Some(sent.id)));
    }
    let Ok(Refusal { error }) = serde_json::from_slice(response.body()) else {
        return Err(match status {
            // A response without a code is not the API's own refusal, but one of something before it.
            StatusCode::TOO_MANY_REQUESTS => {
                over_rate("too many requests".to_owned(), retry_after(&response))
            }
            _ if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => unclear(status),
            _ => SendError::Account { detail: format!("the base URL answers {status}") },
        });
    };
    let Told { code, error_subcode, message, is_transient, error_data } = error;
    let details = error_data.map(|data| data.details).unwrap_or_default();
    let number = recipient.trim_start_matches('+');
    let detail = match code {
        NEEDS_NUMBER => NUMBER_IS_UNKNOWN.to_owned(),
        _ => excerpt(&format!("{message} {details}").replace(number, "the recipient")),
    };
    Err(match meaning(code) {
        // The number does not exist, or does not belong to this token.
        _ if (code, error_subcode) == (100, Some(33)) => {
            SendError::Account { detail: format!("{code}: {detail}") }
        }
        Meaning::Account => SendError::Account { detail: format!("{code}: {detail}") },
        Meaning::Wait => over_rate(detail, retry_after(&response)),
        Meaning::Later { after } => SendError::Retryable { detail, after: Some(after) },
        Meaning::Unclear => unclear(status),
        Meaning::Refused { class: FailureClass::Unknown, .. } if is_transient || status.is_server_error() => {
            unclear(status)
        }
        Meaning::Refused { class, suppress } => {
            SendError::refused(class, Some(code.to_string()), detail, suppress)
        }
    })
}
