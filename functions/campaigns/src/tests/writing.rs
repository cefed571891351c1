//! The writing settings of a campaign: changed, bounded, and shown with what they cost and an example.

use super::*;
use domain::ai_prompt::WrittenWith;
use domain::campaign::Campaign;
use domain::lead::enrichment::{CitedFact, Field, FieldResult, FieldStatus, FieldValue};
use domain::spend::{Booking, BookingOutcome, Reservation, Usd};
use domain::workspace::api_key::ApiScope;

async fn of(suite: &Suite, path: &str) -> Campaign {
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    suite.stage.ports.campaigns().get(&suite.workspace, &id).await.unwrap()
}

fn line(suite: &Suite, text: &str, facts: &[u32]) -> FieldResult {
    let cited = |number: &u32| CitedFact {
        number: *number,
        text: "It is in Leeds.".to_owned(),
        source: "lead.city".to_owned(),
        at: None,
    };
    let facts = facts.iter().map(cited).collect();
    FieldResult {
        field: Field::FirstLine,
        status: FieldStatus::Found { value: FieldValue::FirstLine { text: text.to_owned(), facts } },
        source: "chat_model".to_owned(),
        at: now(suite),
        input_digest: String::new(),
        why: None,
        written_with: Some(WrittenWith { model: "small".to_owned(), prompt: "1.3".to_owned() }),
    }
}

#[tokio::test]
async fn settings_are_replaced_and_order_lines_only_where_the_campaign_writes_its_own() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let usual = suite.get(&path).await.expect(200);
    assert_eq!(usual["writing"], json!({"ai": true}));
    let job =
        json!({"do": "write_lines", "workspace": suite.workspace, "campaign": usual["id"], "cursor": null});
    let set = async |writing: Value| {
        let shown = suite.patch(&path, json!({"writing": writing})).await.expect(200)["writing"].clone();
        (shown, suite.stage.messages(Queue::Enrolments))
    };
    let none = Vec::<Value>::new();
    let budget = json!({"ai": true, "budget": 5_000_000});
    assert_eq!(set(budget.clone()).await, (budget, none.clone()), "no style, no lines");
    let warm = json!({"ai": true, "tone": "warm", "language": "German", "context": "Tables.", "budget": 1});
    let given = json!({"tone": " warm\n", "language": "German", "context": "Tables.", "budget": 1});
    assert_eq!(set(given).await, (warm.clone(), vec![job.clone()]));
    assert_eq!(set(warm.clone()).await, (warm, none.clone()), "nothing changed");
    let off = json!({"ai": false, "tone": "warm"});
    assert_eq!(set(off.clone()).await, (off, none));
    assert_eq!(set(json!({"tone": "warm"})).await.1, [job], "switched on again");
}

#[tokio::test]
async fn settings_beyond_their_bounds_are_refused_with_their_field() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let long = json!({"writing": {
        "tone": "t".repeat(201), "language": "l".repeat(41), "context": "c".repeat(2_001), "budget": 1e15 as u64,
    }});
    let refused = suite.patch(&path, long).await.expect(422);
    let fields: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["writing.tone", "writing.language", "writing.context", "writing.budget"]);
    suite.patch(&path, json!({"writing": {"tune": "warm"}})).await.expect(422);
    suite.patch(&path, json!({"writing": {"budget": -1}})).await.expect(422);
    assert!(of(&suite, &path).await.writing.is_usual(), "nothing was saved");
}

#[tokio::test]
async fn writing_shows_what_it_has_cost_and_what_is_left() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let shown = suite.get(&format!("{path}/writing")).await.expect(200);
    let sums = (&shown["spent"], &shown["reserved"], &shown["left"], &shown["ai_enabled"], &shown["example"]);
    assert_eq!(sums, (&json!(0), &json!(0), &Value::Null, &json!(true), &Value::Null));
    suite.patch(&path, json!({"writing": {"budget": 100_000}})).await.expect(200);
    let (spend, campaign) = (suite.stage.ports.spend(), of(&suite, &path).await);
    for id in ["settled", "open"] {
        let reservation = Reservation {
            workspace: suite.workspace.clone(),
            id: id.to_owned(),
            limits: vec![campaign.spend_limit()],
            amount: Usd::cents(3),
            made_at: now(&suite),
        };
        spend.reserve(&reservation).await.unwrap();
    }
    let outcome = BookingOutcome::Hit;
    let booking =
        Booking { provider: "chat_model".to_owned(), outcome, calls: 1, amount: Usd::cents(2), model: None };
    spend.settle(&suite.workspace, "settled", &[booking], now(&suite)).await.unwrap();
    let shown = suite.get(&format!("{path}/writing")).await.expect(200);
    let sums = (&shown["spent"], &shown["reserved"], &shown["left"]);
    assert_eq!(sums, (&json!(20_000), &json!(30_000), &json!(50_000)));
    assert_eq!(shown["settings"], json!({"ai": true, "budget": 100_000}));
}

#[tokio::test]
async fn example_shows_the_line_that_a_message_would_have_with_its_facts() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let campaign = of(&suite, &path).await;
    let (leads, at) = (suite.stage.ports.leads(), now(&suite));
    let change = |lead: &mut Lead| {
        (lead.company, lead.city) = (Some("Burton".to_owned()), Some("Leeds".to_owned()));
        (lead.category, lead.rating) = (Some("Clinic".to_owned()), Some(4.5));
    };
    let ann = suite.stage.lead(&suite.workspace, "ann", change).await;
    let shown = async || {
        let shown = suite.get(&format!("{path}/writing?lead_id={}", ann.id)).await.expect(200);
        shown["example"].clone()
    };
    let nothing = shown().await;
    assert_eq!((&nothing["text"], &nothing["from"]), (&Value::Null, &Value::Null), "{nothing}");
    let event = Event::system(EventKind::FieldFound, at);
    leads.put_field(&suite.workspace, &ann.id, &line(&suite, "The lead's.", &[]), &event).await.unwrap();
    let own = line(&suite, "The campaign's.", &[3]);
    leads.put_campaign_line(&suite.workspace, &ann.id, &campaign.id, &own, &event).await.unwrap();
    let from = async || {
        let shown = shown().await;
        (text(&shown["text"]), text(&shown["from"]))
    };
    let is = |text: &str, from: &str| (text.to_owned(), from.to_owned());
    assert_eq!(from().await, is("The lead's.", "lead"));
    suite.patch(&path, json!({"writing": {"tone": "warm"}})).await.expect(200);
    assert_eq!(from().await, is("The campaign's.", "campaign"));
    let facts = shown().await["facts"].clone();
    assert_eq!(facts.as_array().map(Vec::len), Some(1), "{facts}");
    assert_eq!(facts[0]["number"], 3);
    let written = shown().await;
    assert_eq!(written["written_with"], json!({ "model": "small", "prompt": "1.3" }));
    assert_eq!(written["written_at"], json!(at));
    suite.patch(&path, json!({"writing": {"ai": false}})).await.expect(200);
    assert_eq!(from().await, is("I came across Burton in Leeds and wanted to get in touch.", "default_text"));
    let default = shown().await;
    assert_eq!(default["why"], "AI is switched off for this campaign");
    assert_eq!(default["written_with"], Value::Null, "no model wrote it");
    let nobody = LeadId::derived(at, &["nobody"]);
    let refused = suite.get(&format!("{path}/writing?lead_id={nobody}")).await.expect(422);
    assert_eq!(refused["errors"][0]["field"], "lead_id");
    suite.stage.messages(Queue::Enrolments);
}

#[tokio::test]
async fn clone_writes_as_its_original_does() {
    let suite = suite().await;
    let path = draft(&suite).await;
    suite.patch(&path, json!({"writing": {"ai": false, "budget": 7}})).await.expect(200);
    let clone = suite.post(&format!("{path}/clone"), json!({})).await.expect(201);
    assert_eq!(clone["writing"], json!({"ai": false, "budget": 7}));
}

#[tokio::test]
async fn program_has_models_write_for_a_campaign_only_with_the_scope_that_spends() {
    let mut suite = suite().await;
    let path = draft(&suite).await;
    suite.use_new_key(&[ApiScope::CampaignsWrite, ApiScope::LeadsRead]).await;
    let warm = json!({"writing": {"tone": "warm"}});
    suite.patch(&path, warm.clone()).await.lacks(ApiScope::BudgetSpend);
    let rule = json!({"auto_enrol": {"filter": {}, "per_day": 9}});
    suite.patch(&path, rule.clone()).await.lacks(ApiScope::BudgetSpend);
    suite.patch(&path, json!({"writing": {"ai": true}, "name": "Spring"})).await.expect(200);
    suite.patch(&path, json!({"writing": {"ai": false}})).await.expect(200);
    suite.patch(&path, rule).await.expect(200);
    suite.patch(&path, json!({"writing": {"ai": true}})).await.lacks(ApiScope::BudgetSpend);
    suite.use_new_key(&[ApiScope::CampaignsWrite, ApiScope::BudgetSpend]).await;
    suite.patch(&path, warm).await.expect(200);
    suite.stage.messages(Queue::Enrolments);
}
