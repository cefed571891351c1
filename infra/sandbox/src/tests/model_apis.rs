//! The product's chat model against each of the APIs behind which the sandbox's model stands.

use super::connectors::{BASE, account, connected};
use super::fixture::{World, world};
use crate::{Credentials, Provider};
use application::ports::provider_calls::{CallError, Completion, OpenAccount, Prompt, TextModel};
use axum::body::Body;
use domain::workspace::account::{AccountSettings, ApiKeyHeader};
use http::Request;
use serde_json::{Value, json};

fn at(path: &str, header: ApiKeyHeader, key: &str) -> OpenAccount {
    let settings = AccountSettings::ChatModel {
        base_url: format!("{BASE}/{path}"),
        model: Credentials::MODEL.to_owned(),
        api_key_header: header,
    };
    account(settings, "api_key", key)
}

const APIS: [(&str, ApiKeyHeader); 3] = [
    ("openai/v1", ApiKeyHeader::Bearer),
    ("azure/openai/deployments/sandbox-writer", ApiKeyHeader::ApiKey),
    ("anthropic", ApiKeyHeader::XApiKey),
];

fn prompt(user: &str) -> Prompt {
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["first_line"],
        "properties": {"first_line": {"type": "string"}},
    });
    Prompt {
        system: "You write one first line. Answer in JSON.".to_owned(),
        user: user.to_owned(),
        max_tokens: 300,
        schema: Some(("first_line".to_owned(), schema)),
    }
}

const FACTS: &str = "1. The business is called Ace Roofing.\n2. It is in Dallas.";

async fn ask(world: &World, account: &OpenAccount) -> Result<Completion, CallError> {
    connected(world).complete(account, &prompt(FACTS)).await
}

#[tokio::test]
async fn model_says_the_same_through_each_api() {
    let world = world();
    let mut told = Vec::new();
    for (path, header) in APIS {
        let completion = ask(&world, &at(path, header, Credentials::MODEL_KEY)).await.unwrap();
        assert!(completion.prompt_tokens > 0 && completion.completion_tokens > 0, "{path}");
        told.push(completion.text);
    }
    assert!(told[0].contains("Ace Roofing") && told.iter().all(|text| *text == told[0]), "{told:?}");
}

#[tokio::test]
async fn keys_credit_outages_and_lost_answers_are_told_by_each_api() {
    for (path, header) in APIS {
        let world = world();
        let stranger = ask(&world, &at(path, header, "wrong")).await;
        assert!(matches!(stranger, Err(CallError::Account(_))), "{path}: {stranger:?}");
        let ours = at(path, header, Credentials::MODEL_KEY);
        world.sandbox.lose_answers(Provider::Model, 1);
        assert!(matches!(ask(&world, &ours).await, Err(CallError::Lost(_))), "{path}");
        world.sandbox.set_out_of_credit(Provider::Model, true);
        assert!(matches!(ask(&world, &ours).await, Err(CallError::Account(_))), "{path}");
        world.sandbox.set_outage(Provider::Model, true);
        assert!(matches!(ask(&world, &ours).await, Err(CallError::Unavailable(_))), "{path}");
    }
}

#[tokio::test]
async fn azure_blocks_a_prompt_and_knows_its_deployments() {
    let world = world();
    let header = ApiKeyHeader::ApiKey;
    let ours = at("azure/openai/deployments/sandbox-writer", header, Credentials::MODEL_KEY);
    let blocked = connected(&world).complete(&ours, &prompt("sandbox harmful words")).await;
    assert!(matches!(blocked, Err(CallError::Rejected(told)) if told.contains("content_filter")));
    for path in [
        "azure/openai/deployments/nothing",
        "azure/openai/deployments/sandbox-writer/chat/completions?api-version=1999-01-01",
    ] {
        let refused = ask(&world, &at(path, header, Credentials::MODEL_KEY)).await;
        assert!(matches!(refused, Err(CallError::Account(_))), "{path}: {refused:?}");
    }
}

#[tokio::test]
async fn anthropic_refuses_what_the_real_one_does() {
    let world = world();
    let good = json!({"model": Credentials::MODEL, "max_tokens": 10, "messages": [{"role": "user", "content": "x"}]});
    let post = async |version: &str, body: &Value| {
        let request = Request::post("/anthropic/v1/messages").header("x-api-key", Credentials::MODEL_KEY);
        let request = if version.is_empty() { request } else { request.header("anthropic-version", version) };
        let (status, answer) = world.call(request.body(Body::from(body.to_string())).unwrap()).await;
        (status, answer["error"]["message"].as_str().unwrap_or_default().to_owned())
    };
    let without = |field: &str| {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(field);
        body
    };
    let mut unknown = good.clone();
    unknown["frequency_penalty"] = json!(1);
    assert_eq!(post("2023-06-01", &good).await.0, 200);
    for (version, body, told) in [
        ("", &good, "anthropic-version: header is required"),
        ("2023-06-01", &without("max_tokens"), "max_tokens: Field required"),
        ("2023-06-01", &without("messages"), "messages: Field required"),
        ("2023-06-01", &unknown, "frequency_penalty: Extra inputs are not permitted"),
    ] {
        assert_eq!(post(version, body).await, (400, told.to_owned()));
    }
}
