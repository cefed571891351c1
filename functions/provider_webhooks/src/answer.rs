//! What each provider wants to hear.

use axum::response::{IntoResponse, Response};
use domain::connection::ConnectionKind;
use http::{StatusCode, header};
use http_api::{ApiError, axum};

/// Twilio reads instructions from the body: none.
const NO_INSTRUCTIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";

pub fn taken_in(kind: ConnectionKind) -> Response {
    let (content_type, body) = match kind {
        ConnectionKind::Twilio => ("text/xml", NO_INSTRUCTIONS),
        _ => ("application/json", "{\"received\":true}"),
    };
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// Says as little to a forger as to somebody who mistyped an address.
pub fn nobody() -> ApiError {
    ApiError::not_found("webhook")
}

pub fn forged() -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "bad_signature", "The signature is missing, wrong or too old.")
}
