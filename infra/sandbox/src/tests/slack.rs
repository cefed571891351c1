//! Slack's incoming webhooks, as the product's own runner sees them.

use super::connectors::connected;
use super::fixture::world;
use crate::sites::SLACK_HOST;
use application::ports::data_providers::{WebhookCall, WebhookMethod, WebhookReply, WebhookRunner};
use jiff::SignedDuration;
use providers::Providers;
use serde_json::json;

async fn post(providers: &Providers, path: &str, body: &str) -> WebhookReply {
    let call = WebhookCall {
        method: WebhookMethod::Post,
        url: format!("https://{SLACK_HOST}{path}"),
        headers: Vec::new(),
        body: Some(body.to_owned()),
    };
    providers.run(&call).await.unwrap()
}

#[tokio::test]
async fn webhook_takes_a_text_a_second_and_says_when_to_come_back() {
    let world = world();
    let providers = connected(&world);
    let text = json!({"text": "Ann replied"}).to_string();
    let first = post(&providers, "/services/T1/B1/word", &text).await;
    assert_eq!((first.status, first.body.as_str(), first.retry_after), (200, "ok", None));
    let second = post(&providers, "/services/T1/B1/word", &text).await;
    assert_eq!((second.status, second.retry_after), (429, Some(SignedDuration::from_secs(1))));
    let other = post(&providers, "/services/T1/B2/word", &text).await;
    assert_eq!(other.status, 200, "another channel has a limit of its own");
    let texts = world.sandbox.slack_texts();
    assert_eq!((texts.len(), texts[0].text.as_str()), (2, "Ann replied"));
}

#[tokio::test]
async fn webhook_refuses_what_slack_refuses() {
    let world = world();
    let providers = connected(&world);
    let good = json!({"text": "x"}).to_string();
    let many = json!({"blocks": vec![json!({"type": "divider"}); 51]}).to_string();
    for (path, body, status, word) in [
        ("/services/T1/B1/word", "{", 400, "invalid_payload"),
        ("/services/T1/B1/word", "[]", 400, "invalid_payload"),
        ("/services/T1/B1/word", r#"{"text": " "}"#, 400, "no_text"),
        ("/services/T1/B1/word", many.as_str(), 400, "invalid_blocks"),
        ("/services/T1/B1/forbidden", good.as_str(), 403, "action_prohibited"),
        ("/services/T1/B1/revoked", good.as_str(), 403, "invalid_token"),
        ("/services/T1/B1/gone", good.as_str(), 404, "channel_not_found"),
        ("/services/T1/B1", good.as_str(), 404, "no_service"),
        ("/services/T1/B1/archived", good.as_str(), 410, "channel_is_archived"),
    ] {
        let reply = post(&providers, path, body).await;
        assert_eq!((reply.status, reply.body.as_str()), (status, word), "{path} {body}");
    }
    assert_eq!(world.sandbox.slack_texts(), []);
}
