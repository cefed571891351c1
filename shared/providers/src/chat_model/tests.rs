//! Golden requests for each of the hosts; recorded responses; every error by class.

use crate::tests::{account, answering, no_smtp, providers};
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{CallError, Completion, Prompt, TextModel};
use domain::workspace::account::{AccountSettings, ApiKeyHeader};
use http::Request;
use serde_json::{Value, json};

fn prompt() -> Prompt {
    let schema = json!({"type": "object", "properties": {"line": {"type": "string"}}, "required": ["line"], "additionalProperties": false});
    Prompt {
        system: "Write one line.".to_owned(),
        user: "Facts: \"4.6 stars\"".to_owned(),
        max_tokens: 300,
        schema: Some(("first_line".to_owned(), schema)),
    }
}

async fn ask_at(
    base_url: &str,
    header: ApiKeyHeader,
    status: u16,
    body: &str,
) -> (Result<Completion, CallError>, Request<Vec<u8>>) {
    let (http, asked) = answering(status, body);
    let settings = AccountSettings::ChatModel {
        base_url: base_url.to_owned(),
        model: "gpt-test".to_owned(),
        api_key_header: header,
    };
    let account = account(settings, SecretFields::one("api_key", "k3y"));
    let answer = providers(http, no_smtp()).complete(&account, &prompt()).await;
    let request = asked.lock().unwrap().pop().unwrap();
    (answer, request)
}

async fn ask(status: u16, body: &str) -> Result<Completion, CallError> {
    ask_at("https://api.openai.com/v1", ApiKeyHeader::Bearer, status, body).await.0
}

#[tokio::test]
async fn request_is_the_same_for_every_host_except_url_and_key() {
    let recorded = include_str!("fixtures/completion.json");
    for (base_url, header, url, name, value) in [
        (
            "https://api.openai.com/v1/",
            ApiKeyHeader::Bearer,
            "https://api.openai.com/v1/chat/completions",
            "authorization",
            "Bearer k3y",
        ),
        (
            "https://api.groq.com/openai/v1",
            ApiKeyHeader::Bearer,
            "https://api.groq.com/openai/v1/chat/completions",
            "authorization",
            "Bearer k3y",
        ),
        (
            "https://res.openai.azure.com/openai/deployments/dep",
            ApiKeyHeader::ApiKey,
            "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21",
            "api-key",
            "k3y",
        ),
        (
            "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2025-01-01",
            ApiKeyHeader::ApiKey,
            "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2025-01-01",
            "api-key",
            "k3y",
        ),
    ] {
        let (answer, request) = ask_at(base_url, header, 200, recorded).await;
        assert_eq!(request.uri(), url);
        assert_eq!(request.headers()[name], value);
        assert!(!format!("{request:?}").contains("k3y"));
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            body["messages"],
            json!([
                {"role": "system", "content": "Write one line."},
                {"role": "user", "content": "Facts: \"4.6 stars\""},
            ])
        );
        assert_eq!(body["max_completion_tokens"], 300);
        assert_eq!(body["response_format"]["json_schema"]["strict"], true);
        assert_eq!(body["response_format"]["json_schema"]["name"], "first_line");
        let answer = answer.unwrap();
        assert_eq!((answer.prompt_tokens, answer.completion_tokens), (120, 14));
        assert_eq!(answer.text, r#"{"line":"Four point six stars in Dallas."}"#);
    }
}

#[tokio::test]
async fn response_without_usage_is_accepted() {
    let bare = r#"{"choices":[{"message":{"content":" ok "},"finish_reason":null}]}"#;
    let expected = Completion { text: "ok".to_owned(), prompt_tokens: 0, completion_tokens: 0 };
    assert_eq!(ask(200, bare).await.unwrap(), expected);
}

#[tokio::test]
async fn success_status_without_an_answer_is_an_error() {
    for choice in [
        r#"{"message":{"content":null,"refusal":"I can't"},"finish_reason":"stop"}"#,
        r#"{"message":{"content":""},"finish_reason":"length"}"#,
        r#"{"message":{"content":"half"},"finish_reason":"content_filter"}"#,
        r#"{"message":{"content":""},"finish_reason":"stop"}"#,
    ] {
        let body = format!(r#"{{"choices":[{choice}]}}"#);
        assert!(matches!(ask(200, &body).await, Err(CallError::Rejected(_))), "{choice}");
    }
    assert!(matches!(ask(200, r#"{"choices":[]}"#).await, Err(CallError::Unavailable(_))));
}

#[tokio::test]
async fn errors_are_classified_by_what_can_be_done() {
    let told =
        |code: &str| format!(r#"{{"error":{{"message":"m","type":"t","param":null,"code":"{code}"}}}}"#);
    assert!(matches!(ask(401, &told("invalid_api_key")).await, Err(CallError::Account(_))));
    assert!(matches!(ask(404, &told("model_not_found")).await, Err(CallError::Account(_))));
    assert!(matches!(ask(429, &told("insufficient_quota")).await, Err(CallError::Account(_))));
    assert!(matches!(ask(429, &told("rate_limit_exceeded")).await, Err(CallError::RateLimited { .. })));
    assert!(matches!(ask(400, &told("context_length_exceeded")).await, Err(CallError::Rejected(_))));
    assert!(matches!(ask(400, &told("content_filter")).await, Err(CallError::Rejected(_))));
    assert!(matches!(ask(400, &told("json_validate_failed")).await, Err(CallError::Unavailable(_))));
    assert!(matches!(ask(500, "oops").await, Err(CallError::Unavailable(_))));
    let flat = r#"{"object":"error","message":"bad","type":"BadRequestError","code":400}"#;
    let CallError::Rejected(told) = ask(400, flat).await.unwrap_err() else { panic!() };
    assert_eq!(told, "BadRequestError bad");
}
