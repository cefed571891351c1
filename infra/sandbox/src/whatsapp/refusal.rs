//! The Cloud API's error body.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Debug)]
pub(super) struct Refused {
    status: u16,
    code: u32,
    details: String,
}

impl Refused {
    pub fn new(status: u16, code: u32, details: impl Into<String>) -> Self {
        Self { status, code, details: details.into() }
    }

    pub fn bad(code: u32, details: impl Into<String>) -> Self {
        Self::new(400, code, details)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self { status, code, details } = self;
        let body = json!({ "error": {
            "message": format!("(#{code}) {details}"),
            "type": "OAuthException",
            "code": code,
            "error_data": { "messaging_product": "whatsapp", "details": details },
            "fbtrace_id": "A00000000000000000",
        } });
        (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), Json(body)).into_response()
    }
}
