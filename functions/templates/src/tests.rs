//! The routes of templates.

use crate::{App, routes};
use application::ports::stats::{Counted, Delta, Metric, Scope};
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::sequence::Step;
use domain::workspace::user::Role;
use domain::{LeadId, StepId, TemplateId};
use serde_json::{Value, json};
use test_stage::Suite;

async fn suite() -> Suite {
    Suite::new(routes(), App::new).await
}

async fn hello(suite: &Suite) -> Value {
    let body = json!({"name": "Hello", "category": "First contact", "channel": "email",
        "subject": "Hi {{ first_name }}", "body": "For {{ company | default('you') }}"});
    suite.post("/api/templates", body).await.expect(201)
}

fn path(of: &Value) -> String {
    format!("/api/templates/{}", of["id"].as_str().unwrap())
}

#[tokio::test]
async fn routes_refuse_callers_without_the_role() {
    suite().await.refuses_those_who_may_not(routes().rows()).await;
}

#[tokio::test]
async fn template_is_created_found_marked_and_deleted() {
    let suite = suite().await;
    let made = hello(&suite).await;
    assert_eq!(made["fields"], json!(["company", "first_name"]));
    let sms = json!({"name": "Short", "channel": "sms", "subject": "dropped", "body": "Hi"});
    let sms = suite.post("/api/templates", sms).await.expect(201);
    assert_eq!((sms["subject"].clone(), sms["category"].clone()), (json!(""), json!("Other")));
    suite.post(&format!("{}/favourite", path(&sms)), json!({"favourite": true})).await.expect(200);
    let all = suite.get("/api/templates").await.expect(200);
    assert_eq!((all["total"].clone(), all["items"][0]["name"].clone()), (json!(2), json!("Short")));
    assert_eq!(suite.get("/api/templates?channel=email&q=hello").await.expect(200)["total"], 1);
    assert_eq!(suite.get("/api/templates?favourite=true").await.expect(200)["total"], 1);
    let categories = suite.get("/api/templates/categories").await.expect(200);
    assert_eq!(categories["items"][0], json!({"name": "First contact", "templates": 1}));
    let changed =
        suite.patch(&path(&made), json!({"name": "Hello you", "rev": made["rev"]})).await.expect(200);
    assert_eq!(
        (changed["name"].clone(), changed["body"].clone()),
        (json!("Hello you"), made["body"].clone())
    );
    suite.patch(&path(&made), json!({"name": "Late", "rev": made["rev"]})).await.expect(409);
    suite.delete(&path(&made)).await.expect(204);
    suite.get(&path(&made)).await.expect(404);
}

#[tokio::test]
async fn invalid_text_is_refused_with_the_field() {
    let suite = suite().await;
    let body =
        json!({"name": " ", "channel": "email", "subject": "{{ nonsense }}", "body": "{% for x in y %}"});
    let problem = suite.post("/api/templates", body).await.expect(422);
    let fields: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["name", "subject", "body"]);
}

#[tokio::test]
async fn preview_names_missing_values_and_sms_segments() {
    let suite = suite().await;
    let at = suite.stage.ports.clock().now();
    let mut lead = Lead::blank(LeadId::derived(at, &["ana"]), suite.workspace.clone(), at);
    lead.first_name = Some("Ana".to_owned());
    lead.phone = Some(domain::contact::phone_number::PhoneNumber::parse("+442079460018", None).unwrap());
    suite.stage.ports.leads().create(&lead, &Event::system(EventKind::LeadCreated, at)).await.unwrap();
    let mail = json!({"channel": "email", "subject": "Hi {{ first_name }}", "body": "For {{ company }}",
        "lead_id": lead.id});
    let preview = suite.post("/api/templates/preview", mail).await.expect(200);
    assert_eq!(preview["subject"], "Hi Ana");
    assert_eq!((preview["text"].clone(), preview["missing"].clone()), (Value::Null, json!(["company"])));
    assert_eq!(preview["errors"][0]["field"], "body");
    let sms = json!({"channel": "sms", "body": "Hi {{ first_name }} ’"});
    let preview = suite.post("/api/templates/preview", sms).await.expect(200);
    assert_eq!(preview["text"], "Hi Ada ’");
    assert_eq!(preview["sms"], json!({"segments": 1, "units": 8, "encoding": "ucs2"}));
    let nobody = LeadId::derived(at, &["nobody"]);
    let lost = json!({"channel": "sms", "body": "Hi", "lead_id": nobody});
    assert_eq!(suite.post("/api/templates/preview", lost).await.expect(422)["field"], "lead_id");
}

#[tokio::test]
async fn template_of_another_workspace_is_not_found() {
    let mut suite = suite().await;
    let path = path(&hello(&suite).await);
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    suite.get(&path).await.expect(404);
    suite.patch(&path, json!({"name": "mine"})).await.expect(404);
    suite.delete(&path).await.expect(404);
    suite.post(&format!("{path}/favourite"), json!({"favourite": true})).await.expect(404);
    assert_eq!(suite.get("/api/templates").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn template_figures_sum_the_steps_and_variants_made_from_it() {
    let suite = suite().await;
    let id = |made: &Value| made["id"].as_str().unwrap().parse::<TemplateId>().unwrap();
    let (first, other) = (id(&hello(&suite).await), id(&hello(&suite).await));
    let now = suite.stage.clock.now();
    let step = |name: &str| StepId::derived(now, &[name]);
    let steps = json!([
        { "id": step("own"), "delay": { "amount": 0, "unit": "days" }, "kind": "email", "subject": "Hi", "body": "Hello",
          "template": first },
        { "id": step("varied"), "delay": { "amount": 1, "unit": "days" }, "kind": "email", "variants": [
            { "subject": "A", "body": "a", "template": first }, { "subject": "B", "body": "b", "template": other }] },
    ]);
    let steps: Vec<Step> = serde_json::from_value(steps).unwrap();
    let variants: Vec<_> = steps[1].kind.variants().iter().map(|variant| variant.id.clone()).collect();
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &[]).await;
    let sequence = suite.stage.steps(&sequence, steps).await;
    let campaign = suite.stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await.id;
    assert_eq!(suite.get("/api/templates/figures").await.expect(200)["items"].as_array().unwrap().len(), 2);

    let delta = |scope, metric, by| Delta { workspace: suite.workspace.clone(), scope, metric, by };
    let own = Scope::Step(campaign.clone(), step("own"));
    let [a, b] = [0, 1].map(|n: usize| Scope::Variant(campaign.clone(), step("varied"), variants[n].clone()));
    let deltas = vec![
        delta(own.clone(), Metric::EmailsSent, 10),
        delta(own, Metric::Answered, 2),
        delta(a.clone(), Metric::EmailsSent, 4),
        delta(a, Metric::LedToOptOut, 1),
        delta(b, Metric::EmailsSent, 5),
    ];
    let record = Counted { sequence: "1".to_owned(), deltas };
    suite.stage.ports.stats().apply("shard", now, &[record]).await.unwrap();
    let told = suite.get("/api/templates/figures").await.expect(200);
    let of = |id: &TemplateId| {
        let items = told["items"].as_array().unwrap();
        items.iter().find(|item| item["id"] == id.as_str()).unwrap().clone()
    };
    let (first, other) = (of(&first), of(&other));
    let figures =
        |of: &Value| ["campaigns", "contacted", "replied", "opted_out"].map(|name| of[name].clone());
    assert_eq!(figures(&first), [1, 14, 2, 1].map(Value::from));
    assert_eq!(figures(&other), [1, 5, 0, 0].map(Value::from));
}
