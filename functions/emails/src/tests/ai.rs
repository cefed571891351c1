//! What a model does for a draft: offered only if it says nothing unproven, paid for, and off where it is switched off.

use super::*;
use application::ports::accounts::SecretFields;
use domain::AccountId;
use domain::campaign::writing::CampaignWriting;
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::message::{Direction, Message};
use domain::spend::{ModelPrice, SpendSettings, Usd};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::account::{Account, AccountSettings, ApiKeyHeader};
use http::Response;
use serde_json::Value;

/// Connects a model that gives these answers in turn, and the last of them from then on; returns how often it was asked.
pub(super) async fn model(suite: &Suite, answers: &'static [&'static str]) -> Arc<AtomicUsize> {
    let now = suite.stage.clock.now();
    let id = AccountId::derived(now, &["model"]);
    let secret = SecretFields::one("api_key", "k3y");
    let settings = AccountSettings::ChatModel {
        base_url: "https://model.example/v1".to_owned(),
        model: "small".to_owned(),
        api_key_header: ApiKeyHeader::Bearer,
    };
    let account = Account {
        sealed_secret: suite.stage.ports.vault().seal(&suite.workspace, &id, &secret),
        id,
        workspace: suite.workspace.clone(),
        name: "model".to_owned(),
        settings,
        hours: None,
        limits: None,
        enabled: true,
        pause: None,
        works_since: Some(now),
        last_error: None,
        created_at: now,
        rev: 0,
    };
    let event = Event::system(EventKind::AccountCreated, now);
    suite.stage.ports.accounts().save(&account, &event).await.unwrap();
    let asked: Arc<AtomicUsize> = Arc::default();
    let count = asked.clone();
    suite.stage.providers_answer(move |_| {
        let turn = count.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
        let message = json!({ "role": "assistant", "content": answers[turn] });
        let usage = json!({ "prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100 });
        let body = json!({ "choices": [{ "message": message, "finish_reason": "stop" }], "usage": usage });
        Ok(Response::new(body.to_string().into_bytes()))
    });
    asked
}

fn asks(how: Value) -> Value {
    json!({ "subject": "Gaps", "text": "Hi {{first_name}}, we help practices to lose fewer slots. Tuesday?", "rewrite": how })
}

const SHORT: &str = r#"{"subject": "Gaps", "text": "Hi {{first_name}}, Tuesday?"}"#;
const BOASTFUL: &str = r#"{"subject": "Gaps", "text": "Hi {{first_name}}, we won 9 prizes."}"#;

async fn spent(suite: &Suite) -> (Usd, usize) {
    let month = CalendarMonth::at(suite.stage.clock.now());
    let budgets = suite.stage.ports.spend().budgets_in_month(&suite.workspace, &month).await.unwrap();
    (budgets.iter().map(|budget| budget.spent).max().unwrap_or(Usd::ZERO), budgets.len())
}

#[tokio::test]
async fn rewritten_draft_is_offered_and_booked_on_the_month_and_its_user() {
    let (suite, _) = suite().await;
    let asked = model(&suite, &[BOASTFUL, SHORT]).await;
    let new = suite.post("/api/ai/rewrite", asks(json!({"how": "shorter"}))).await.expect(200);
    assert_eq!(new["text"], "Hi {{first_name}}, Tuesday?");
    assert_eq!(asked.load(Ordering::Relaxed), 2, "a text that says too much is asked for once more");
    // Two answers of 1,000 and 100 tokens, at 3 and 15 dollars a million.
    assert_eq!(spent(&suite).await, (Usd::micros(9_000), 2));
}

#[tokio::test]
async fn usage_of_models_is_told_by_day_use_and_model_with_what_was_turned_down() {
    let (suite, _) = suite().await;
    let usage = async |days: &str| suite.get(&format!("/api/ai/usage{days}")).await;
    let none = json!({"answered": 0, "lost": 0, "turned_down": 0, "tokens": {"prompt": 0, "completion": 0}, "cost": 0});
    assert_eq!(usage("").await.expect(200)["total"], none);
    model(&suite, &[BOASTFUL, SHORT]).await;
    suite.post("/api/ai/rewrite", asks(json!({"how": "shorter"}))).await.expect(200);
    let told = usage("").await.expect(200);
    let tokens = json!({"prompt": 2_000, "completion": 200});
    let both = json!({"answered": 2, "lost": 0, "turned_down": 1, "tokens": tokens, "cost": 9_000});
    let today = suite.stage.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    assert_eq!(told["total"], both);
    assert_eq!(told["rows"], json!([{"day": today, "ai_use": "rewrite", "model": "small", "usage": both}]));
    assert_eq!(usage("?from=2020-01-01&to=2020-03-31").await.expect(200)["rows"], json!([]));
}

#[tokio::test]
async fn model_without_a_price_is_counted_too() {
    let (suite, _) = suite().await;
    model(&suite, &[SHORT]).await;
    let (spend, now) = (suite.stage.ports.spend(), suite.stage.clock.now());
    let mut settings = SpendSettings::usual(suite.workspace.clone());
    settings.prices.models.insert("small".to_owned(), ModelPrice { input: Usd::ZERO, output: Usd::ZERO });
    spend.save_settings(&settings, &Event::system(EventKind::SpendSettingsChanged, now)).await.unwrap();
    suite.post("/api/ai/rewrite", asks(json!({"how": "shorter"}))).await.expect(200);
    let total = suite.get("/api/ai/usage").await.expect(200)["total"].clone();
    assert_eq!((&total["answered"], &total["cost"]), (&json!(1), &json!(0)));
    assert_eq!(total["tokens"]["prompt"], 1_000);
}

#[tokio::test]
async fn days_of_the_usage_that_cannot_be_told_are_refused() {
    let (suite, _) = suite().await;
    for (days, field) in [
        ("?from=soon", "from"),
        ("?to=2026-02-30", "to"),
        ("?from=2026-11-02&to=2026-11-01", "from"),
        ("?from=2026-01-01&to=2026-04-03", "from"),
    ] {
        let problem = suite.get(&format!("/api/ai/usage{days}")).await.expect(422);
        assert_eq!(problem["errors"][0]["field"], field, "{days}");
    }
    suite.get("/api/ai/usage?from=2026-01-01&to=2026-04-02").await.expect(200);
}

#[tokio::test]
async fn text_that_says_too_much_is_never_shown() {
    let (suite, _) = suite().await;
    model(&suite, &[BOASTFUL]).await;
    let problem = suite.post("/api/ai/rewrite", asks(json!({"how": "friendlier"}))).await.expect(409);
    assert_eq!(problem["code"], "turned_down");
    assert!(!problem.to_string().contains("prizes"), "{problem}");
}

#[tokio::test]
async fn model_is_not_asked_when_switched_off_without_account_or_past_a_cap() {
    let (suite, _) = suite().await;
    let ask = async || {
        suite.post("/api/ai/rewrite", asks(json!({"how": "shorter"}))).await.expect(409)["code"].clone()
    };
    assert_eq!(ask().await, "no_model");
    let asked = model(&suite, &[SHORT]).await;
    let (spend, now) = (suite.stage.ports.spend(), suite.stage.clock.now());
    let usual = SpendSettings::usual(suite.workspace.clone());
    let settings = SpendSettings { user_cap: Some(Usd::micros(10)), ..usual };
    spend.save_settings(&settings, &Event::system(EventKind::SpendSettingsChanged, now)).await.unwrap();
    assert_eq!(ask().await, "cap_reached");
    let workspaces = suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&suite.workspace).await.unwrap();
    workspace.ai_enabled = false;
    workspaces.save(&workspace, &Event::system(EventKind::SettingsChanged, now)).await.unwrap();
    assert_eq!(ask().await, "ai_switched_off");
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn user_whose_ai_is_off_is_told_so_and_no_model_is_asked() {
    let (suite, lead) = suite().await;
    let asked = model(&suite, &[SHORT]).await;
    let users = suite.stage.ports.users();
    let mut user = users.get(&suite.workspace, &suite.user).await.unwrap();
    user.ai_off = true;
    users.save(&user, &Event::system(EventKind::UserChanged, suite.stage.clock.now())).await.unwrap();
    let said = Message::blank(
        MessageId::derived(&lead.id, &["asked"]),
        suite.workspace.clone(),
        Direction::In,
        Channel::Email,
        suite.stage.clock.now(),
    );
    let said = Message { text: "What does it cost?".to_owned(), ..said };
    let event = Event::system(EventKind::MessageReceived, suite.stage.clock.now());
    suite.stage.ports.messages().create(&said, &event).await.unwrap();
    let offer =
        json!({"offer": "Reminders by text for dental practices.", "steps": 2, "channels": ["email"]});
    for (path, body) in [
        ("/api/ai/rewrite", asks(json!({"how": "shorter"}))),
        ("/api/ai/draft-reply", json!({"lead_id": lead.id})),
        ("/api/ai/sequence", offer),
    ] {
        let problem = suite.post(path, body).await.expect(409);
        assert_eq!(problem["code"], "ai_off_for_you", "{path}");
    }
    suite.post("/api/ai/score", json!({"text": "Buy now!!!"})).await.expect(200);
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn bad_requests_are_refused_field_by_field() {
    let (suite, _) = suite().await;
    let long = "x".repeat(301);
    let problem = suite
        .post("/api/ai/rewrite", json!({"text": " ", "rewrite": {"how": "instruction", "text": long}}))
        .await
        .expect(422);
    let fields: Vec<&Value> = problem["errors"].as_array().unwrap().iter().map(|e| &e["field"]).collect();
    assert_eq!(fields, ["text", "rewrite.text"]);
    let unknown = json!({"lead_id": "lead_01KAG5T6M0000000000000000A"});
    let problem = suite.post("/api/ai/draft-reply", unknown).await.expect(422);
    assert_eq!(problem["errors"][0]["field"], "lead_id");
}

#[tokio::test]
async fn draft_is_scored_with_reasons_and_without_a_model() {
    let (suite, _) = suite().await;
    let score = suite.post("/api/ai/score", json!({"text": "Buy now!!!"})).await.expect(200);
    assert!(score["points"].as_u64().unwrap() < 60, "{score}");
    assert_eq!(score["remarks"][0]["code"], "no_subject");
}

#[tokio::test]
async fn reply_is_drafted_from_what_was_said_and_neither_saved_nor_sent() {
    let (suite, lead) = suite().await;
    let asked = model(
        &suite,
        &[r#"{"text": "Hi, it is 49 EUR."}"#, r#"{"text": "Hello, I will find out what it costs."}"#],
    )
    .await;
    let draft = async || suite.post("/api/ai/draft-reply", json!({"lead_id": lead.id})).await;
    assert_eq!(draft().await.expect(409)["code"], "nothing_to_answer");
    let now = suite.stage.clock.now();
    let id = MessageId::derived(&lead.id, &["asked"]);
    let mut message = Message::blank(id, suite.workspace.clone(), Direction::In, Channel::Email, now);
    message.text = "What does it cost?".to_owned();
    suite
        .stage
        .ports
        .messages()
        .create(&message, &Event::system(EventKind::MessageReceived, now))
        .await
        .unwrap();
    let drafted = draft().await.expect(200);
    assert_eq!(drafted["text"], "Hello, I will find out what it costs.");
    assert_eq!(asked.load(Ordering::Relaxed), 2, "a price that nobody has named is turned down");
    assert_eq!(suite.stage.messages(Queue::Send).len(), 0);
    suite.get(&format!("/api/emails/draft/of/{}", lead.id)).await.expect(204);
}

const ANSWER: &str = r#"{"text": "Hello, I will find out what it costs."}"#;

/// A campaign whose mail the lead has answered.
pub(super) async fn answered_campaign(suite: &Suite, lead: &Lead) -> Campaign {
    let now = suite.stage.clock.now();
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
    let campaign = suite.stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
    for (name, direction, text) in
        [("ours", Direction::Out, "Five minutes?"), ("theirs", Direction::In, "What does it cost?")]
    {
        let at = now + jiff::SignedDuration::from_secs(i64::from(direction == Direction::In));
        let id = MessageId::derived(&lead.id, &[name]);
        let mut message = Message::blank(id, suite.workspace.clone(), direction, Channel::Email, at);
        message.text = text.to_owned();
        message.campaign = (direction == Direction::Out).then(|| campaign.id.clone());
        let event = Event::system(EventKind::MessageReceived, at);
        suite.stage.ports.messages().create(&message, &event).await.unwrap();
    }
    campaign
}

pub(super) async fn set_writing(suite: &Suite, campaign: &Campaign, writing: CampaignWriting) {
    let campaigns = suite.stage.ports.campaigns();
    let known = campaigns.get(&suite.workspace, &campaign.id).await.unwrap();
    let event = Event::system(EventKind::CampaignChanged, suite.stage.clock.now());
    campaigns.save(&Campaign { writing, ..known }, &event).await.unwrap();
}

pub(super) async fn spent_for(suite: &Suite, campaign: &Campaign) -> Usd {
    let scopes = [campaign.spend_limit().scope];
    suite.stage.ports.spend().budgets(&suite.workspace, &scopes).await.unwrap().remove(0).spent
}

#[tokio::test]
async fn draft_and_rewriting_for_a_campaign_are_paid_by_its_budget_and_off_with_its_switch() {
    let (suite, lead) = suite().await;
    let campaign = answered_campaign(&suite, &lead).await;
    let asked = model(&suite, &[ANSWER, SHORT]).await;
    let draft = async || suite.post("/api/ai/draft-reply", json!({"lead_id": lead.id})).await;
    let rewrite = async || {
        let mut body = asks(json!({"how": "shorter"}));
        body["campaign_id"] = json!(campaign.id);
        suite.post("/api/ai/rewrite", body).await
    };
    draft().await.expect(200);
    assert_eq!(spent_for(&suite, &campaign).await, Usd::micros(4_500), "1,000 and 100 tokens");
    rewrite().await.expect(200);
    assert_eq!(spent_for(&suite, &campaign).await, Usd::micros(9_000));
    suite.post("/api/ai/rewrite", asks(json!({"how": "shorter"}))).await.expect(200);
    assert_eq!(spent_for(&suite, &campaign).await, Usd::micros(9_000), "a draft of no campaign");

    let used_up = CampaignWriting { budget: Some(Usd::micros(9_001)), ..CampaignWriting::default() };
    set_writing(&suite, &campaign, used_up).await;
    for problem in [draft().await.expect(409), rewrite().await.expect(409)] {
        assert_eq!(problem["code"], "campaign_budget_used_up");
        assert!(problem["detail"].as_str().unwrap().contains("the campaign Autumn"), "{problem}");
    }
    set_writing(&suite, &campaign, CampaignWriting { ai: false, ..CampaignWriting::default() }).await;
    for problem in [draft().await.expect(409), rewrite().await.expect(409)] {
        assert_eq!(problem["code"], "ai_switched_off_in_campaign");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 3, "refused before the model is asked");
    let mut body = asks(json!({"how": "shorter"}));
    body["campaign_id"] = json!("campaign_01KAG5T6M0000000000000000A");
    let problem = suite.post("/api/ai/rewrite", body).await.expect(422);
    assert_eq!(problem["errors"][0]["field"], "campaign_id");
}
