//! The request for one prompt. The base URL may be given with its version.

use crate::wire::{BadSettings, JSON, join, post, secret_header};
use application::ports::provider_calls::Prompt;
use http::Request;
use http::header::{HeaderName, HeaderValue};
use serde_json::json;

const VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");

pub(crate) fn message(
    base_url: &str,
    model: &str,
    api_key: &str,
    prompt: &Prompt,
) -> Result<Request<Vec<u8>>, BadSettings> {
    let key = secret_header(HeaderName::from_static("x-api-key"), api_key)?;
    let mut body = json!({
        "model": model,
        "max_tokens": prompt.max_tokens,
        "system": prompt.system,
        "messages": [{"role": "user", "content": prompt.user}],
    });
    if let Some((_, schema)) = &prompt.schema {
        body["output_config"] = json!({"format": {"type": "json_schema", "schema": schema}});
    }
    let root = base_url.trim().trim_end_matches('/').trim_end_matches("/messages").trim_end_matches("/v1");
    let mut request = post(&join(root, "/v1/messages"), key, JSON, body.to_string().into_bytes())?;
    request.headers_mut().insert(VERSION.0, HeaderValue::from_static(VERSION.1));
    Ok(request)
}
