//! Leads that may be the same person are found, dismissed, and proposed again.

use super::suite;
use application::lead::duplicate_search::{DuplicatePorts, find_duplicates};
use application::queue_messages::Queue;
use domain::workspace::user::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::Suite;

async fn lead(suite: &Suite, first_name: &str, email: &str, phone: Option<&str>) -> Value {
    let new = json!({"first_name": first_name, "last_name": "Silva", "company": "Quay", "email": email, "phone": phone});
    suite.post("/api/leads", new).await.expect(201)["id"].clone()
}

/// Starts a search and does its job.
pub async fn search(suite: &Suite) -> Value {
    suite.stage.messages(Queue::Enrolments);
    let started = suite.post("/api/leads/duplicates", json!({})).await.expect(202);
    assert_eq!(started["running"], true);
    assert_eq!(suite.stage.messages(Queue::Enrolments).len(), 0, "it waits for the lead list");
    suite.stage.advance(SignedDuration::from_secs(3));
    let jobs = suite.stage.messages(Queue::Enrolments);
    assert_eq!(jobs.len(), 1);
    let ports = DuplicatePorts::new(&suite.stage.ports);
    let started_at = started["started_at"].as_str().unwrap().parse().unwrap();
    find_duplicates(&ports, &suite.workspace, started_at).await.unwrap();
    suite.get("/api/leads/duplicates").await.expect(200)
}

fn found(page: &Value) -> Vec<(Value, Vec<Value>)> {
    let groups = page["items"].as_array().unwrap().iter();
    let ids = |group: &Value| {
        let mut ids: Vec<Value> =
            group["leads"].as_array().unwrap().iter().map(|lead| lead["id"].clone()).collect();
        ids.sort_by_key(ToString::to_string);
        ids
    };
    groups.map(|group| (group["reasons"].clone(), ids(group))).collect()
}

#[tokio::test]
async fn duplicates_are_proposed_with_their_reasons() {
    let suite = suite().await;
    assert_eq!(suite.get("/api/leads/duplicates").await.expect(200)["search"], Value::Null);
    let one = lead(&suite, "Ana", "ana.silva@gmail.com", None).await;
    let two = lead(&suite, "Ana", "anasilva+x@gmail.com", None).await;
    lead(&suite, "Bob", "bob@quay.example", Some("+442079460018")).await;
    let page = search(&suite).await;
    assert_eq!(found(&page), [(json!(["same_name_and_company", "same_mailbox"]), vec![one, two])]);
    assert_eq!((&page["search"]["compared"], &page["search"]["running"]), (&json!(3), &json!(false)));
}

#[tokio::test]
async fn dismissed_group_is_not_proposed_again_until_another_lead_joins_it() {
    let suite = suite().await;
    let one = lead(&suite, "Ana", "ana@one.example", None).await;
    let two = lead(&suite, "Ana", "ana@two.example", None).await;
    assert_eq!(found(&search(&suite).await).len(), 1);
    let group = json!({"lead_ids": [two, one]});
    suite.post("/api/leads/duplicates/dismiss", group.clone()).await.expect(204);
    assert_eq!(found(&suite.get("/api/leads/duplicates").await.expect(200)), []);
    suite.stage.advance(SignedDuration::from_mins(1));
    assert_eq!(found(&search(&suite).await), []);
    suite.post("/api/leads/duplicates/propose", group.clone()).await.expect(204);
    assert_eq!(found(&suite.get("/api/leads/duplicates").await.expect(200)).len(), 1);
    suite.post("/api/leads/duplicates/dismiss", group).await.expect(204);
    lead(&suite, "Ana", "ana@three.example", None).await;
    suite.stage.advance(SignedDuration::from_mins(1));
    assert_eq!(found(&search(&suite).await)[0].1.len(), 3);
    for wrong in [json!([one]), json!([one, one])] {
        let refused = suite.post("/api/leads/duplicates/dismiss", json!({"lead_ids": wrong})).await;
        assert_eq!(refused.expect(422)["field"], "lead_ids");
    }
}

#[tokio::test]
async fn group_is_compared_with_the_leads_as_they_are_now() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let one = lead(&suite, "Ana", "ana@one.example", None).await;
    lead(&suite, "Ana", "ana@two.example", None).await;
    assert_eq!(found(&search(&suite).await).len(), 1);
    let path = format!("/api/leads/{}", one.as_str().unwrap());
    suite.delete(&path).await.expect(204);
    assert_eq!(found(&suite.get("/api/leads/duplicates").await.expect(200)), []);
    suite.post(&format!("{path}/restore"), json!({})).await.expect(200);
    assert_eq!(found(&suite.get("/api/leads/duplicates").await.expect(200)).len(), 1);
    suite.patch(&path, json!({"last_name": "Souza"})).await.expect(200);
    assert_eq!(found(&suite.get("/api/leads/duplicates").await.expect(200)), []);
}

#[tokio::test]
async fn search_is_started_once_and_pages_belong_to_it() {
    let suite = suite().await;
    for n in 0..3 {
        for domain in ["one", "two"] {
            lead(&suite, &format!("Ana{n}"), &format!("ana{n}@{domain}.example"), None).await;
        }
    }
    let first = suite.post("/api/leads/duplicates", json!({})).await.expect(202);
    suite.stage.advance(SignedDuration::from_mins(1));
    assert_eq!(
        suite.post("/api/leads/duplicates", json!({})).await.expect(202)["started_at"],
        first["started_at"]
    );
    suite.stage.advance(SignedDuration::from_mins(10));
    search(&suite).await;
    let page = suite.get("/api/leads/duplicates?limit=2").await.expect(200);
    assert_eq!(found(&page).len(), 2);
    let next = format!("/api/leads/duplicates?limit=2&cursor={}", page["next_cursor"].as_str().unwrap());
    let last = suite.get(&next).await.expect(200);
    assert_eq!((found(&last).len(), &last["next_cursor"]), (1, &Value::Null));
    suite.stage.advance(SignedDuration::from_mins(1));
    search(&suite).await;
    assert_eq!(suite.get(&next).await.expect(422)["field"], "query.cursor");
}
