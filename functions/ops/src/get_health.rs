//! `GET /health`: answers if the function runs.

use http_api::{JsonBody, utoipa};
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// Always `ok`.
    pub status: String,
}

#[utoipa::path(get, path = "/health", operation_id = "get_health", responses((status = 200, body = Health)))]
pub async fn get_health() -> JsonBody<Health> {
    JsonBody(Health { status: "ok".to_owned() })
}
