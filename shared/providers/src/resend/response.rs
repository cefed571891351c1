//! Classifies Resend's responses. Its errors have names; the status alone tells too little.

use crate::senders::{arrived, over_rate, unclear};
use crate::transport::TransportError;
use crate::wire::{excerpt, retry_after};
use application::ports::provider_calls::{Accepted, SendError};
use domain::message::failure_class::FailureClass;
use http::{Response, StatusCode};
use jiff::SignedDuration;
use serde::Deserialize;

/// The wait after a used-up quota, which comes back with a new day or month.
const QUOTA_WAIT: SignedDuration = SignedDuration::from_hours(1);

#[derive(Deserialize)]
struct Created {
    id: String,
}

#[derive(Deserialize)]
struct Refusal {
    name: String,
    #[serde(default)]
    message: String,
}

/// Classifies the response to a send. `recipient` is removed from Resend's text.
pub(crate) fn outcome(
    result: Result<Response<Vec<u8>>, TransportError>,
    recipient: &str,
) -> Result<Accepted, SendError> {
    let response = arrived(result, "Resend")?;
    let status = response.status();
    if status.is_success() {
        let created: Created = serde_json::from_slice(response.body()).map_err(|_| unclear(status))?;
        return Ok(Accepted::with_id(Some(created.id)));
    }
    let told: Option<Refusal> = serde_json::from_slice(response.body()).ok();
    if status.is_server_error() {
        return Err(unclear(status));
    }
    let Some(Refusal { name, message }) = told else {
        // A response without a name is not Resend's own refusal, but one of something before it.
        return Err(match status {
            StatusCode::REQUEST_TIMEOUT => unclear(status),
            StatusCode::TOO_MANY_REQUESTS => {
                over_rate("too many requests".to_owned(), retry_after(&response))
            }
            _ => SendError::Account { detail: format!("the base URL answers {status}") },
        });
    };
    if name == "invalid_idempotent_request" {
        // A mail with other words went out under this key: it is unknown whether it is the one that is meant.
        return Err(unclear(status));
    }
    let detail = excerpt(&message.replace(recipient, "the recipient"));
    Err(refusal(status, &name, detail, &response))
}

fn refusal(status: StatusCode, name: &str, detail: String, response: &Response<Vec<u8>>) -> SendError {
    let code = Some(format!("{} {name}", status.as_u16()));
    let refused = |class| SendError::refused(class, code.clone(), detail.clone(), false);
    match name {
        "concurrent_idempotent_requests" => SendError::Retryable { detail, after: retry_after(response) },
        "rate_limit_exceeded" => over_rate(detail, retry_after(response)),
        "daily_quota_exceeded" | "monthly_quota_exceeded" => {
            SendError::Down { detail, after: retry_after(response).or(Some(QUOTA_WAIT)) }
        }
        "security_error" => refused(FailureClass::BlockedPolicy),
        "missing_api_key"
        | "invalid_api_key"
        | "restricted_api_key"
        | "invalid_from_address"
        | "not_found"
        | "method_not_allowed" => SendError::Account { detail: format!("{name}: {detail}") },
        // The domain is not verified, or it is a trial account that may write to its owner only.
        "validation_error" if status == StatusCode::FORBIDDEN => {
            SendError::Account { detail: format!("{name}: {detail}") }
        }
        _ if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            SendError::Account { detail: format!("{name}: {detail}") }
        }
        _ if status == StatusCode::TOO_MANY_REQUESTS => over_rate(detail, retry_after(response)),
        "missing_required_field"
        | "invalid_attachment"
        | "invalid_parameter"
        | "validation_error"
        | "invalid_idempotency_key" => refused(FailureClass::BadContent),
        _ => refused(FailureClass::Unknown),
    }
}
