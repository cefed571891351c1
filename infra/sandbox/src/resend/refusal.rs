//! Resend's error body.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Debug)]
pub(crate) struct Refused {
    status: u16,
    name: &'static str,
    message: String,
    after_seconds: Option<i64>,
}

impl Refused {
    pub fn new(status: u16, name: &'static str, message: impl Into<String>) -> Self {
        Self { status, name, message: message.into(), after_seconds: None }
    }

    pub fn after(mut self, seconds: i64) -> Self {
        self.after_seconds = Some(seconds);
        self
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = json!({ "statusCode": self.status, "name": self.name, "message": self.message });
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = self.after_seconds {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            headers.insert("ratelimit-remaining", HeaderValue::from(0));
            headers.insert("ratelimit-reset", HeaderValue::from(seconds));
        }
        response
    }
}
