//! Classifies Twilio's responses to a send. Twilio honours no idempotency key, so a message that may have arrived is
//! uncertain.

use super::error_code::{Meaning, meaning};
use crate::senders::{arrived, over_rate, unclear};
use crate::transport::TransportError;
use crate::wire::{excerpt, retry_after};
use application::ports::provider_calls::{Accepted, SendError};
use http::{Response, StatusCode};
use serde::Deserialize;

#[derive(Deserialize)]
struct Created {
    sid: String,
    #[serde(default)]
    status: String,
    error_code: Option<u32>,
    error_message: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    code: Option<u32>,
    #[serde(default)]
    message: String,
}

/// Classifies the response to a send. `recipient` is removed from Twilio's text.
pub(crate) fn outcome(
    result: Result<Response<Vec<u8>>, TransportError>,
    recipient: &str,
) -> Result<Accepted, SendError> {
    let response = arrived(result, "Twilio")?;
    let status = response.status();
    if status.is_success() {
        let created: Created = serde_json::from_slice(response.body()).map_err(|_| unclear(status))?;
        return match created.error_code {
            Some(code) if created.status == "failed" => Err(refusal(
                code,
                excerpt(&created.error_message.unwrap_or_default().replace(recipient, "the recipient")),
                &response,
            )),
            _ => Ok(Accepted::with_id(Some(created.sid))),
        };
    }
    let told: Option<Refusal> = serde_json::from_slice(response.body()).ok();
    let (code, message) = told.map_or((None, String::new()), |told| (told.code, told.message));
    let detail = excerpt(&message.replace(recipient, "the recipient"));
    match status.as_u16() {
        429 => Err(over_rate(detail, retry_after(&response))),
        401 | 403 => Err(SendError::Account { detail }),
        400..=499 => match code {
            Some(code) => Err(refusal(code, detail, &response)),
            // A response without a number is not Twilio's own refusal, but one of something before it.
            None if status == StatusCode::REQUEST_TIMEOUT => Err(unclear(status)),
            None => Err(SendError::Account { detail: format!("status {status} from the base URL") }),
        },
        300..=399 => Err(SendError::Account { detail: format!("the base URL answers {status}") }),
        _ => Err(unclear(status)),
    }
}

fn refusal(code: u32, detail: String, response: &Response<Vec<u8>>) -> SendError {
    match meaning(code) {
        Meaning::Account => SendError::Account { detail: format!("{code}: {detail}") },
        Meaning::Wait => SendError::Down { detail, after: retry_after(response) },
        Meaning::Refused { class, suppress } => {
            SendError::refused(class, Some(code.to_string()), detail, suppress)
        }
    }
}
