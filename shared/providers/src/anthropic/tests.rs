//! The golden request; the recorded answer; every error by class.

use crate::tests::{account, answering, no_smtp, providers};
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{CallError, Completion, Prompt, TextModel};
use domain::workspace::account::{AccountSettings, ApiKeyHeader};
use serde_json::{Value, json};

const RECORDED: &str = include_str!("fixtures/message.json");

async fn ask(
    base_url: &str,
    status: u16,
    body: &str,
) -> (Result<Completion, CallError>, http::Request<Vec<u8>>) {
    let (http, asked) = answering(status, body);
    let settings = AccountSettings::ChatModel {
        base_url: base_url.to_owned(),
        model: "model-of-tests".to_owned(),
        api_key_header: ApiKeyHeader::XApiKey,
    };
    let prompt = Prompt {
        system: "Write one line.".to_owned(),
        user: "Facts: \"4.6 stars\"".to_owned(),
        max_tokens: 300,
        schema: Some(("first_line".to_owned(), json!({"type": "object"}))),
    };
    let account = account(settings, SecretFields::one("api_key", "k3y"));
    let answer = providers(http, no_smtp()).complete(&account, &prompt).await;
    let request = asked.lock().unwrap().pop().unwrap();
    (answer, request)
}

#[tokio::test]
async fn request_has_the_version_and_the_system_prompt_apart() {
    for base in [
        "https://api.anthropic.com",
        "https://api.anthropic.com/v1/",
        "https://api.anthropic.com/v1/messages",
    ] {
        let (answer, request) = ask(base, 200, RECORDED).await;
        assert_eq!(request.uri(), "https://api.anthropic.com/v1/messages");
        assert_eq!(request.headers()["x-api-key"], "k3y");
        assert_eq!(request.headers()["anthropic-version"], "2023-06-01");
        assert!(!format!("{request:?}").contains("k3y"));
        let sent: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            sent,
            json!({
                "model": "model-of-tests", "max_tokens": 300, "system": "Write one line.",
                "messages": [{"role": "user", "content": "Facts: \"4.6 stars\""}],
                "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}},
            })
        );
        let answer = answer.unwrap();
        assert_eq!(answer.text, r#"{"line":"4.6 stars"}"#);
        assert_eq!(
            (answer.prompt_tokens, answer.completion_tokens),
            (100, 12),
            "cached tokens are part of the prompt"
        );
    }
}

#[tokio::test]
async fn answer_without_a_text_is_a_refusal() {
    for (from, to, why) in [
        ("end_turn", "max_tokens", "did not fit"),
        ("end_turn", "refusal", "refuses"),
        ("{\\\"line\\\":\\\"4.6 stars\\\"}", " ", "empty"),
    ] {
        let answer = ask("https://api.anthropic.com", 200, &RECORDED.replace(from, to)).await.0;
        assert!(matches!(&answer, Err(CallError::Rejected(told)) if told.contains(why)), "{to}: {answer:?}");
    }
}

#[tokio::test]
async fn errors_are_classified_by_what_can_be_done() {
    let asked = async |status: u16, kind: &str, message: &str| {
        let body =
            json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"});
        ask("https://api.anthropic.com", status, &body.to_string()).await.0
    };
    for (status, kind) in [
        (401, "authentication_error"),
        (402, "billing_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
    ] {
        assert!(matches!(asked(status, kind, "no").await, Err(CallError::Account(_))), "{kind}");
    }
    assert!(matches!(
        asked(429, "rate_limit_error", "enforced_spend_limit_reached").await,
        Err(CallError::Account(_))
    ));
    assert!(matches!(asked(429, "rate_limit_error", "slow down").await, Err(CallError::RateLimited { .. })));
    assert!(matches!(asked(400, "invalid_request_error", "no").await, Err(CallError::Rejected(_))));
    let poor = asked(400, "invalid_request_error", "Your credit balance is too low to access the API").await;
    assert!(matches!(poor, Err(CallError::Account(_))));
    assert!(matches!(asked(413, "request_too_large", "no").await, Err(CallError::Rejected(_))));
    assert!(matches!(asked(500, "api_error", "no").await, Err(CallError::Unavailable(_))));
    assert!(matches!(asked(529, "overloaded_error", "no").await, Err(CallError::Unavailable(_))));
    assert!(matches!(asked(504, "timeout_error", "no").await, Err(CallError::Lost(_))));
}
