//! The list of a company's active leads follows a change of address.

use super::suite;
use application::ports::store::PageRequest;
use application::{Clock, Ports};
use domain::LeadId;
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::Suite;

async fn registered_leads(suite: &Suite, company: &str) -> Vec<LeadId> {
    let companies = suite.stage.ports.companies();
    companies.registered_leads(&suite.workspace, company, PageRequest::first(9)).await.unwrap().items
}

#[tokio::test]
async fn lead_with_a_new_address_is_listed_under_the_new_company_only() {
    for days in [0, 5] {
        let suite = suite().await;
        let ports = &suite.stage.ports;
        let mut workspace = ports.workspaces().get(&suite.workspace).await.unwrap();
        workspace.company_hold_days = days;
        let event = Event::system(EventKind::LeadChanged, suite.stage.clock.now());
        ports.workspaces().save(&workspace, &event).await.unwrap();
        let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
        let campaign = suite.stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let ann = suite.stage.lead(&suite.workspace, "ann", |_| {}).await.id;
        suite.stage.enrolment(&campaign, &sequence, &ann).await;
        let until = suite.stage.clock.now() + SignedDuration::from_hours(1);
        ports.companies().register_lead(&suite.workspace, "one.example", &ann, until).await.unwrap();
        let path = format!("/api/leads/{ann}");
        suite.patch(&path, json!({ "job_title": "Owner" })).await.expect(200);
        assert_eq!(registered_leads(&suite, "one.example").await, std::slice::from_ref(&ann));
        suite.patch(&path, json!({ "email": "ann@two.example" })).await.expect(200);
        let there: &[LeadId] = if days > 0 { std::slice::from_ref(&ann) } else { &[] };
        assert_eq!(registered_leads(&suite, "two.example").await, there, "{days}");
        assert_eq!(registered_leads(&suite, "one.example").await.is_empty(), days > 0);
        suite.stage.advance(SignedDuration::from_hours(2));
        suite.stage.cloud.sweep_expired().unwrap();
        assert!(registered_leads(&suite, "one.example").await.is_empty(), "it is forgotten by itself");
    }
}

async fn person(suite: &Suite, email: &str, company: &str) -> Value {
    suite.post("/api/leads", json!({"email": email, "company": company})).await.expect(201)
}

#[tokio::test]
async fn companies_are_those_that_leads_have_an_address_at() {
    let suite = suite().await;
    person(&suite, "ann@quay.example", "Quay Dental").await;
    person(&suite, "ben@quay.example", "Quay").await;
    person(&suite, "cas@oak.example", "Oak").await;
    person(&suite, "dan@gmail.com", "Dan's").await;
    suite.stage.record_changes().await;
    let all = suite.get("/api/companies").await.expect(200);
    let domains = |answer: &Value| -> Vec<String> {
        answer["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["domain"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        (domains(&all), &all["total"]),
        (vec!["quay.example".into(), "oak.example".into()], &json!(2))
    );
    assert_eq!(all["items"][0]["leads"], 2);
    assert_eq!(all["items"][0]["stages"], json!([{"status": "new", "leads": 2}]));
    let by_name = suite.get("/api/companies?sort=name&limit=1").await.expect(200);
    assert_eq!(domains(&by_name), ["oak.example"]);
    let next = by_name["next_cursor"].as_str().unwrap();
    let rest = suite.get(&format!("/api/companies?sort=name&limit=1&cursor={next}")).await.expect(200);
    assert_eq!((domains(&rest), &rest["next_cursor"]), (vec!["quay.example".into()], &Value::Null));
    let other = suite.get(&format!("/api/companies?sort=leads&cursor={next}")).await.expect(422);
    assert_eq!((&other["code"], &other["field"]), (&json!("invalid_value"), &json!("query.cursor")));
    assert_eq!(domains(&suite.get("/api/companies?q=OAK").await.expect(200)), ["oak.example"]);
    let people = suite.get("/api/leads?company_domain=quay.example&sort=created").await.expect(200);
    assert_eq!(people["total"], 2);
    suite.get("/api/companies?sort=colour").await.expect(422);
    suite.get("/api/companies/gmail.com").await.expect(404);
    suite.get("/api/companies/nobody.example").await.expect(404);
    suite.get("/api/companies/%20").await.expect(404);
}

#[tokio::test]
async fn notes_about_a_company_are_kept_under_its_revision() {
    let suite = suite().await;
    person(&suite, "ann@quay.example", "Quay").await;
    person(&suite, "cas@oak.example", "Oak").await;
    let path = "/api/companies/quay.example";
    let noted = json!({"name": "Quay Group", "note": "Renews in May", "parent": "oak.example", "rev": 0});
    let noted = suite.patch(path, noted).await.expect(200);
    assert_eq!(
        (&noted["name"], &noted["given_name"], &noted["rev"]),
        (&json!("Quay Group"), &json!("Quay Group"), &json!(1))
    );
    assert_eq!(noted["parents"], json!([{"domain": "oak.example", "name": "oak.example"}]));
    let stale = suite.patch(path, json!({"name": "Other", "rev": 0})).await.expect(409);
    assert_eq!(stale["code"], "changed_meanwhile");
    let circle =
        suite.patch("/api/companies/oak.example", json!({"parent": "quay.example"})).await.expect(422);
    assert_eq!(
        (&circle["field"], circle["detail"].as_str().unwrap().contains("owned by this company")),
        (&json!("parent"), true)
    );
    let itself = suite.patch(path, json!({"parent": "quay.example"})).await.expect(422);
    assert_eq!(itself["field"], "parent");
    let long = suite.patch(path, json!({"name": "x".repeat(121)})).await.expect(422);
    assert_eq!(long["field"], "name");
    let cleared = suite.patch(path, json!({"name": null, "parent": null})).await.expect(200);
    assert_eq!(
        (&cleared["name"], &cleared["parents"], &cleared["note"]),
        (&json!("Quay"), &json!([]), &json!("Renews in May"))
    );
    suite.patch("/api/companies/nobody.example", json!({"name": "Nobody"})).await.expect(404);
    suite.patch(path, json!({"owner": "user_01ARZ3NDEKTSV4RRFFQ69G5FAV"})).await.expect(422);
}

#[tokio::test]
async fn timeline_of_a_company_is_that_of_its_leads() {
    let suite = suite().await;
    let ann = person(&suite, "ann@quay.example", "Quay").await;
    let ben = person(&suite, "ben@quay.example", "Quay").await;
    person(&suite, "cas@oak.example", "Oak").await;
    for (lead, text) in [(&ann, "Called Ann"), (&ben, "Met Ben")] {
        let path = format!("/api/leads/{}/notes", super::id(lead));
        suite.post(&path, json!({"text": text})).await.expect(201);
    }
    let timeline = suite.get("/api/companies/quay.example/timeline").await.expect(200);
    let told: Vec<&str> =
        timeline["items"].as_array().unwrap().iter().filter_map(|item| item["text"].as_str()).collect();
    assert_eq!((told.len(), &timeline["leads"], &timeline["of"]), (2, &json!(2), &json!(2)));
    assert!(told.contains(&"Called Ann") && told.contains(&"Met Ben"));
    let names: Vec<&Value> = timeline["items"].as_array().unwrap().iter().map(|item| &item["lead"]).collect();
    assert!(names.contains(&&ann["id"]) && names.contains(&&ben["id"]));
    suite.get("/api/companies/nobody.example/timeline").await.expect(404);
}
