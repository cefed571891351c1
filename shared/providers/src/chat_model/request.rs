//! The request for one prompt. The base URL ends where `/chat/completions` begins and may carry a query, as Azure's
//! does.

use crate::wire::{BadSettings, JSON, authorization, post, secret_header};
use application::ports::provider_calls::Prompt;
use domain::workspace::account::ApiKeyHeader;
use http::Request;
use http::header::HeaderName;
use serde_json::json;

const AZURE_VERSION: &str = "api-version=2024-10-21";

pub(crate) fn completion(
    base_url: &str,
    model: &str,
    header: ApiKeyHeader,
    api_key: &str,
    prompt: &Prompt,
) -> Result<Request<Vec<u8>>, BadSettings> {
    let key = match header {
        ApiKeyHeader::Bearer => authorization(&format!("Bearer {api_key}"))?,
        ApiKeyHeader::ApiKey | ApiKeyHeader::XApiKey => {
            secret_header(HeaderName::from_static("api-key"), api_key)?
        }
    };
    let mut body = json!({
        "model": model,
        "messages": [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": prompt.user},
        ],
        "max_completion_tokens": prompt.max_tokens,
    });
    if let Some((name, schema)) = &prompt.schema {
        body["response_format"] = json!({
            "type": "json_schema",
            "json_schema": {"name": name, "strict": true, "schema": schema},
        });
    }
    post(&url(base_url), key, JSON, body.to_string().into_bytes())
}

fn url(base_url: &str) -> String {
    let (path, query) = base_url.trim().split_once('?').unwrap_or((base_url.trim(), ""));
    let path = path.trim_end_matches('/').trim_end_matches("/chat/completions");
    // Only Azure's paths by deployment must name a version.
    let query = if query.is_empty() && path.contains("/openai/deployments/") { AZURE_VERSION } else { query };
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{path}/chat/completions{mark}{query}")
}
