//! Follow-up dates leave hints, by which they become tasks.

use super::*;
use application::ports::due::DueWork;
use application::{Ports, ports::tasks::TaskStore};
use domain::event::{Event, EventKind};
use domain::lead::follow_up::FollowUpBy;
use jiff::Timestamp;

async fn hints(suite: &Suite) -> Vec<Timestamp> {
    let far = "2027-06-01T00:00:00Z".parse().unwrap();
    let packs = suite.stage.ports.due().due(far, 100).await.unwrap();
    let hints = packs.into_iter().flat_map(|pack| pack.hints);
    let mut at: Vec<Timestamp> =
        hints.filter(|hint| matches!(hint.what, DueWork::FollowUp { .. })).map(|hint| hint.at).collect();
    at.sort();
    at
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn date_of_a_new_and_of_a_changed_lead_leaves_a_hint() {
    let suite = suite().await;
    let (first, second) = ("2026-11-27T09:00:00Z", "2026-12-04T14:30:00Z");
    let body = json!({"first_name": "Ana", "email": "ana@quay.example", "follow_up_at": first});
    let ana = suite.post("/api/leads", body).await.expect(201);
    assert_eq!(hints(&suite).await, [at(first)]);
    let path = format!("/api/leads/{}", id(&ana));
    suite.patch(&path, json!({"job_title": "Owner"})).await.expect(200);
    assert_eq!(hints(&suite).await.len(), 1, "another change leaves none");
    suite.patch(&path, json!({"follow_up_at": second})).await.expect(200);
    assert_eq!(hints(&suite).await, [at(first), at(second)]);
    suite.patch(&path, json!({"follow_up_at": null})).await.expect(200);
    assert_eq!(hints(&suite).await.len(), 2);
}

#[tokio::test]
async fn restored_lead_has_its_hint_again() {
    let suite = suite().await;
    let date = "2026-11-27T09:00:00Z";
    let body = json!({"first_name": "Ana", "email": "ana@quay.example", "follow_up_at": date});
    let path = format!("/api/leads/{}", id(&suite.post("/api/leads", body).await.expect(201)));
    let packs = suite.stage.ports.due().due(at(date), 100).await.unwrap();
    suite.stage.ports.due().delete(&packs).await.unwrap();
    suite.delete(&path).await.expect(204);
    assert_eq!(hints(&suite).await, []);
    suite.post(&format!("{path}/restore"), json!({})).await.expect(200);
    assert_eq!(hints(&suite).await, [at(date)]);
}

#[tokio::test]
async fn moved_date_cancels_the_task_of_the_former_one() {
    let suite = suite().await;
    let date = "2026-11-19T09:00:00Z";
    let body = json!({"first_name": "Ana", "email": "ana@quay.example", "follow_up_at": date});
    let ana = suite.post("/api/leads", body).await.expect(201);
    let lead = LeadId::parse(&id(&ana)).unwrap();
    let ports = &suite.stage.ports;
    let (leads, tasks, notes) = (ports.leads(), ports.tasks(), ports.notifications());
    let stores = (&*leads, &*tasks, &*notes);
    application::tasks::follow_up::make_follow_up(stores, (&suite.workspace, &lead), at(date)).await.unwrap();
    let open = async |tasks: std::sync::Arc<dyn TaskStore>| {
        let page = application::PageRequest::first(10);
        tasks.open(&suite.workspace, None, page).await.unwrap().items.len()
    };
    assert_eq!(open(tasks.clone()).await, 1);
    let later = json!({"follow_up_at": "2026-12-04T14:30:00Z"});
    suite.patch(&format!("/api/leads/{lead}"), later).await.expect(200);
    assert_eq!(open(tasks).await, 0);
}

#[tokio::test]
async fn date_names_the_rule_that_set_it_until_a_user_sets_another() {
    let suite = suite().await;
    let body = json!({"first_name": "Ana", "email": "ana@quay.example"});
    let path = format!("/api/leads/{}", id(&suite.post("/api/leads", body).await.expect(201)));
    let leads = suite.stage.ports.leads();
    let ana = LeadId::parse(path.strip_prefix("/api/leads/").unwrap()).unwrap();
    let mut lead = leads.get(&suite.workspace, &ana).await.unwrap();
    let date = at("2026-11-27T09:00:00Z");
    let rule = domain::RuleId::derived(date, &["rule"]);
    lead.follow_up_at = Some(date);
    lead.follow_up_by = Some(FollowUpBy {
        rule: rule.clone(),
        name: "Call again".to_owned(),
        note: "Ask for a time".to_owned(),
        at: date,
        set_at: lead.created_at,
        entry: "rule-1".to_owned(),
    });
    leads.save(&lead, &Event::system(EventKind::LeadChanged, lead.created_at)).await.unwrap();
    let planned = async || {
        let timeline = suite.get(&format!("{path}/timeline")).await.expect(200);
        let items = timeline["items"].as_array().unwrap().clone();
        items.into_iter().find(|item| item["kind"] == "follow_up").unwrap()["rule"].clone()
    };
    let shown = json!({"rule": rule, "name": "Call again", "note": "Ask for a time"});
    assert_eq!(suite.get(&path).await.expect(200)["follow_up_rule"], shown);
    assert_eq!(planned().await, shown);
    suite.patch(&path, json!({"follow_up_at": "2026-12-04T14:30:00Z"})).await.expect(200);
    assert_eq!(suite.get(&path).await.expect(200).get("follow_up_rule"), None);
    assert_eq!(planned().await, json!(null));
}
