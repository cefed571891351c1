//! A model proposes an ICP: over the fields that there are, paid for, never saved, and off where AI is.

use super::{fields, suite};
use application::Ports;
use application::ports::accounts::SecretFields;
use domain::event::{Event, EventKind};
use domain::spend::{SpendSettings, Usd};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::account::{AccountSettings, ApiKeyHeader};
use http::Response;
use serde_json::{Value, json};
use test_stage::Suite;

/// Connects a model that always gives this answer.
async fn model(suite: &Suite, answer: Value) {
    let settings = AccountSettings::ChatModel {
        base_url: "https://model.example/v1".to_owned(),
        model: "small".to_owned(),
        api_key_header: ApiKeyHeader::Bearer,
    };
    suite.stage.account(&suite.workspace, settings, SecretFields::one("api_key", "k3y")).await;
    suite.stage.providers_answer(move |_| {
        let message = json!({ "role": "assistant", "content": answer.to_string() });
        let usage = json!({ "prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100 });
        let body = json!({ "choices": [{ "message": message, "finish_reason": "stop" }], "usage": usage });
        Ok(Response::new(body.to_string().into_bytes()))
    });
}

fn answer() -> Value {
    let item = |field: &str, test: &str, value: &str| json!({ "field": field, "test": test, "values": [value], "reason": "They buy most.", "points": 50 });
    json!({
        "name": "Dentists of Leeds",
        "rules": [item("city", "is", "Leeds"), item("shoe_size", "is", "44")],
        "weights": [item("rating", "at_least", "4")],
        "threshold": 60,
    })
}

#[tokio::test]
async fn proposal_has_reasons_and_remarks_is_paid_for_and_not_saved() {
    let suite = suite().await;
    model(&suite, answer()).await;
    let asked = json!({ "description": "Reminders for dental practices." });
    let proposed = suite.post("/api/icp/propose", asked).await.expect(200);
    assert_eq!(proposed["rules"][0]["rule"]["rule"], json!({"if": {"field": "city", "is": ["Leeds"]}}));
    assert_eq!(proposed["rules"][0]["reason"], "They buy most.");
    assert_eq!(proposed["weights"][0]["weight"]["points"], 50);
    assert!(proposed["remarks"][0].as_str().unwrap().contains("shoe_size"), "{proposed}");
    assert_eq!(suite.get("/api/icp").await.expect(200)["items"], json!([]));
    let month = CalendarMonth::at(suite.stage.ports.clock().now());
    let budgets = suite.stage.ports.spend().budgets_in_month(&suite.workspace, &month).await.unwrap();
    assert!(
        budgets.len() == 2 && budgets.iter().all(|budget| budget.spent > Usd::ZERO),
        "month and user: {budgets:?}"
    );
}

#[tokio::test]
async fn model_is_not_asked_for_an_icp_without_description_past_a_cap_or_with_ai_off() {
    let suite = suite().await;
    let ask = async |text: &str| suite.post("/api/icp/propose", json!({ "description": text })).await;
    assert_eq!(fields(&ask(" ").await.expect(422)), ["description"]);
    assert_eq!(ask("Reminders").await.expect(409)["code"], "no_model");
    model(&suite, answer()).await;
    let (spend, now) = (suite.stage.ports.spend(), suite.stage.ports.clock().now());
    let usual = SpendSettings::usual(suite.workspace.clone());
    let settings = SpendSettings { month_cap: Some(Usd::micros(10)), ..usual };
    spend.save_settings(&settings, &Event::system(EventKind::SpendSettingsChanged, now)).await.unwrap();
    assert_eq!(ask("Reminders").await.expect(409)["code"], "cap_reached");
    let workspaces = suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&suite.workspace).await.unwrap();
    workspace.ai_enabled = false;
    workspaces.save(&workspace, &Event::system(EventKind::SettingsChanged, now)).await.unwrap();
    assert_eq!(ask("Reminders").await.expect(409)["code"], "ai_switched_off");
}
