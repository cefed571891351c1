//! What the template routes promise.

use crate::{App, routes};
use application::Ports;
use domain::LeadId;
use domain::event::Event;
use domain::lead::Lead;
use domain::user::Role;
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
async fn only_those_who_may_reach_the_routes() {
    suite().await.refuses_those_who_may_not(routes().rows()).await;
}

#[tokio::test]
async fn a_template_is_written_found_marked_and_deleted() {
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
async fn a_text_that_cannot_be_written_is_refused_where_it_is_wrong() {
    let suite = suite().await;
    let body =
        json!({"name": " ", "channel": "email", "subject": "{{ nonsense }}", "body": "{% for x in y %}"});
    let problem = suite.post("/api/templates", body).await.expect(422);
    let fields: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["name", "subject", "body"]);
}

#[tokio::test]
async fn a_preview_names_what_is_missing_and_what_an_sms_costs() {
    let suite = suite().await;
    let at = suite.stage.ports.clock().now();
    let mut lead = Lead::blank(LeadId::derived(at, &["ana"]), suite.workspace.clone(), at);
    lead.first_name = Some("Ana".to_owned());
    lead.phone = Some(domain::phone_number::PhoneNumber::parse("+442079460018", None).unwrap());
    suite.stage.ports.leads().create(&lead, &Event::system("lead_created", at)).await.unwrap();
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
async fn another_workspace_finds_nothing() {
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
