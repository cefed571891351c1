//! The answers that providers get.

use application::ports::provider_calls::CallError;
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

/// Whether the webhook is genuine is not known: its provider tries again.
pub fn no_key() -> ApiError {
    let detail = "The key that signs this webhook could not be fetched.";
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "no_key", detail)
}

/// The provider is asked again when it sends the webhook again.
pub fn not_subscribed(error: CallError) -> ApiError {
    let detail = "The subscription could not be confirmed.";
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "not_subscribed", detail).because(error)
}

/// The sender is who it says: it may know what is missing.
pub fn incomplete(what: &str) -> ApiError {
    let detail = format!("The request lacks {what}.");
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "incomplete_webhook", detail)
}
