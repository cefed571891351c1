//! The answers that providers get.

use application::ports::provider_events::WebhookAnswer;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use http_api::{ApiError, axum};

pub fn accepted(answer: WebhookAnswer) -> Response {
    let WebhookAnswer { content_type, body } = answer;
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// The same 404 for a forger and for a mistyped address.
pub fn unknown_webhook() -> ApiError {
    ApiError::not_found("webhook")
}

pub fn forged() -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "bad_signature", "The signature is missing, wrong or too old.")
}

/// The sender is who it says: it may know what is missing.
pub fn incomplete(what: &str) -> ApiError {
    let detail = format!("The request lacks {what}.");
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "incomplete_webhook", detail)
}
