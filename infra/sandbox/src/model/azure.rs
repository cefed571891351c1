//! The same model behind Azure OpenAI: a deployment in the path, a version in the query, a key of its own header, and a
//! filter that blocks what it takes for harmful.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::sandbox::Sandbox;

const VERSIONS: [&str; 3] = ["2024-10-21", "2025-01-01-preview", "2025-04-01-preview"];
/// A prompt with these words is blocked.
const BLOCKED: &str = "sandbox harmful words";

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/openai/deployments/{deployment}/chat/completions", post(complete))
        .fallback(async || refuse(404, "404", "Resource not found"))
}

fn refuse(status: u16, code: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(json!({"error": {"code": code, "message": message}}))).into_response()
}

async fn complete(
    State(sandbox): State<Sandbox>,
    Path(deployment): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let key = headers.get("api-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if key != sandbox.config().credentials.model_key {
        return refuse(401, "401", "Access denied due to invalid subscription key or wrong API endpoint.");
    }
    let version = query.as_deref().and_then(|query| query.strip_prefix("api-version=")).unwrap_or_default();
    if !VERSIONS.contains(&version) {
        return refuse(404, "404", "Resource not found");
    }
    if !sandbox.config().credentials.models.contains(&deployment) {
        return refuse(404, "DeploymentNotFound", "The API deployment for this resource does not exist.");
    }
    let Ok(mut asked) = serde_json::from_slice::<Value>(&body) else {
        return refuse(400, "BadRequest", "The body is not valid JSON.");
    };
    if asked.to_string().contains(BLOCKED) {
        let filter = json!({"hate": {"filtered": true, "severity": "high"}});
        let error = json!({"error": {
            "code": "content_filter", "message": "The response was filtered", "type": null, "param": "prompt",
            "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": filter},
        }});
        return (StatusCode::BAD_REQUEST, Json(error)).into_response();
    }
    // The deployment decides which model answers.
    asked["model"] = json!(deployment);
    let mut inner = HeaderMap::new();
    inner.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(bearer) = HeaderValue::from_str(&format!("Bearer {key}")) {
        inner.insert(header::AUTHORIZATION, bearer);
    }
    super::complete(State(sandbox), inner, Bytes::from(asked.to_string())).await
}
