//! A lead is deleted, hidden, and restored.

use super::{ana, id, suite};
use application::Ports;
use application::projection::stream::{ProjectPorts, project};
use application::{Clock, PageRequest};
use domain::LeadId;
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::message::Direction;
use domain::message::conversation::{Conversation, Folder};
use domain::workspace::task::{Task, TaskKind};
use domain::workspace::user::Role;
use domain::{CampaignId, TaskId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::Suite;

async fn read(suite: &Suite, id: &str) -> Lead {
    let id = LeadId::parse(id).unwrap();
    suite.stage.ports.leads_with_deleted().get(&suite.workspace, &id).await.unwrap()
}

/// Enrols the lead in a campaign, which then waits for its first step.
async fn enrolled(suite: &Suite, lead: &str) -> CampaignId {
    let stage = &suite.stage;
    let sequence = stage.sequence(&suite.workspace, Channel::Email, &["first"]).await;
    let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
    let lead = read(suite, lead).await;
    let key = EnrolmentKey {
        workspace: suite.workspace.clone(),
        lead: lead.id.clone(),
        campaign: campaign.id.clone(),
    };
    let now = stage.clock.now();
    let enrolment = Enrolment::begin(key, &sequence.pinned(), EnrolmentState::Scheduled, None, now);
    let event = Event::system(EventKind::LeadEnrolled, now);
    stage.ports.enrolments().enrol(&lead, &enrolment, &event).await.unwrap();
    campaign.id
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn deleted_lead_is_in_no_list_and_comes_back_as_it_was() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let lead = id(&ana(&suite).await);
    let path = format!("/api/leads/{lead}");
    let before = suite.get(&path).await.expect(200);
    suite.delete(&path).await.expect(204);
    let missing = suite.get(&path).await.expect(404);
    assert_eq!(missing["code"], "lead_deleted");
    assert!(missing["detail"].as_str().unwrap().contains("can be restored until"), "{missing}");
    for list in ["/api/leads", "/api/leads?q=ana", "/api/leads?tag=dentist&sort=name"] {
        let page = suite.get(list).await.expect(200);
        assert_eq!(page["items"], json!([]), "{list}");
    }
    let exported = suite.get("/api/leads/export.csv").await.expect(200);
    assert!(!exported.as_str().unwrap().contains("quay"), "{exported}");
    suite.patch(&path, json!({"notes": "Hidden"})).await.expect(404);
    for what in ["timeline", "why", "preview"] {
        suite.get(&format!("{path}/{what}")).await.expect(404);
    }
    let tagged = json!({"ids": [lead], "action": {"do": "tag", "add": ["x"]}});
    let tagged = suite.post("/api/leads/bulk", tagged).await.expect(200);
    assert_eq!(tagged["skipped"][0]["reason"], "no_such_lead");

    let deleted = suite.get("/api/leads/deleted").await.expect(200);
    assert_eq!(names(&deleted), ["Ana"]);
    assert_eq!(deleted["items"][0]["days_left"], 30);
    assert_eq!(deleted["items"][0]["deleted_by"], json!(suite.user));
    let restored = suite.post(&format!("{path}/restore"), json!({})).await.expect(200);
    let ignored = |view: &Value| {
        let mut view = view.clone();
        for key in ["rev", "updated_at"] {
            view[key] = Value::Null;
        }
        view
    };
    assert_eq!(ignored(&restored), ignored(&before));
    assert_eq!(suite.get("/api/leads").await.expect(200)["items"][0]["id"], json!(lead));
    assert_eq!(suite.get("/api/leads/deleted").await.expect(200)["items"], json!([]));
    suite.post(&format!("{path}/restore"), json!({})).await.expect(200);
    let timeline = suite.get(&format!("{path}/timeline")).await.expect(200);
    let restored = timeline["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "restored");
    let restored: Vec<&Value> = restored.collect();
    assert_eq!((restored.len(), &restored[0]["user"]), (1, &json!(suite.user)));
}

#[tokio::test]
async fn deletion_ends_enrolments_which_a_restoration_leaves_ended() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let lead = id(&ana(&suite).await);
    let campaign = enrolled(&suite, &lead).await;
    let fence = read(&suite, &lead).await.fence;
    suite.delete(&format!("/api/leads/{lead}")).await.expect(204);
    let deleted = read(&suite, &lead).await;
    assert!(deleted.active.is_empty() && deleted.fence > fence, "{deleted:?}");
    suite.post(&format!("/api/leads/{lead}/restore"), json!({})).await.expect(200);
    let key = EnrolmentKey { workspace: suite.workspace.clone(), lead: deleted.id, campaign };
    let enrolment = suite.stage.ports.enrolments().get(&key).await.unwrap();
    assert_eq!(*enrolment.state(), EnrolmentState::Ended { reason: EndReason::Removed });
}

#[tokio::test]
async fn deleted_lead_cannot_be_enrolled_from_what_was_read_before() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let lead = id(&ana(&suite).await);
    let as_read = read(&suite, &lead).await;
    suite.delete(&format!("/api/leads/{lead}")).await.expect(204);
    let stage = &suite.stage;
    let sequence = stage.sequence(&suite.workspace, Channel::Email, &["first"]).await;
    let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
    let key =
        EnrolmentKey { workspace: suite.workspace.clone(), lead: as_read.id.clone(), campaign: campaign.id };
    let now = stage.clock.now();
    let enrolment = Enrolment::begin(key, &sequence.pinned(), EnrolmentState::Scheduled, None, now);
    let event = Event::system(EventKind::LeadEnrolled, now);
    let refused = stage.ports.enrolments().enrol(&as_read, &enrolment, &event).await;
    assert!(matches!(refused, Err(application::StoreError::Conflict)), "{refused:?}");
}

#[tokio::test]
async fn conversation_and_tasks_of_a_deleted_lead_are_hidden_until_it_is_restored() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let lead = id(&ana(&suite).await);
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let known = read(&suite, &lead).await;
    let event = Event::system(EventKind::ConversationAnswered, now);
    let conversation = Conversation {
        workspace: suite.workspace.clone(),
        lead: known.id.clone(),
        lead_name: known.display_name(),
        lead_deleted: false,
        folder: Folder::Open,
        channel: Channel::Email,
        last_direction: Direction::In,
        last_at: now,
        snippet: "Tell me more".to_owned(),
        unread: 1,
        understood: None,
        assignee: None,
        lead_owner: None,
        taken_in: Vec::new(),
        draft: None,
        rev: 0,
    };
    ports.conversations().save(&conversation, &event).await.unwrap();
    let id = TaskId::derived(&known.id, &["call"]);
    let task = Task::about(&known, id, TaskKind::FollowUp, "Call Ana".to_owned(), now);
    ports.tasks().save(&task, &event).await.unwrap();
    let shown = async || {
        let page = || PageRequest { limit: 10, cursor: None };
        let inbox = ports.conversations().list(&suite.workspace, Folder::Open, page()).await.unwrap();
        let tasks = ports.tasks().open(&suite.workspace, None, page()).await.unwrap();
        (inbox.items.len(), tasks.items.len())
    };
    assert_eq!(shown().await, (1, 1));
    suite.delete(&format!("/api/leads/{lead}")).await.expect(204);
    assert_eq!(shown().await, (0, 0));
    suite.post(&format!("/api/leads/{lead}/restore"), json!({})).await.expect(200);
    assert_eq!(shown().await, (1, 1));
}

#[tokio::test]
async fn address_of_a_deleted_lead_is_taken_and_the_answer_offers_to_restore_it() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let lead = id(&ana(&suite).await);
    suite.delete(&format!("/api/leads/{lead}")).await.expect(204);
    let again = suite.post("/api/leads", json!({"email": "ana@quay.example"})).await.expect(409);
    assert_eq!(again["code"], "duplicate_deleted_lead");
    assert_eq!(again["errors"][1], json!({"field": "lead_id", "detail": lead}));
    assert_eq!(again["existing_id"], json!(lead));
    // A second creation must not have freed the address.
    suite.post("/api/leads", json!({"email": "ana@quay.example"})).await.expect(409);
    suite.post(&format!("/api/leads/{lead}/restore"), json!({})).await.expect(200);
    let again = suite.post("/api/leads", json!({"email": "ana@quay.example"})).await.expect(409);
    assert_eq!(again["code"], "duplicate_lead");
}

#[tokio::test]
async fn many_leads_are_deleted_and_restored_at_once() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let mut ids = Vec::new();
    for n in 0..3 {
        let new = json!({"email": format!("l{n}@many.example"), "tags": ["many"]});
        ids.push(suite.post("/api/leads", new).await.expect(201)["id"].clone());
    }
    let filter = json!({"filter": {"tag": ["many"]}, "expected_count": 2});
    assert_eq!(suite.post("/api/leads/delete", filter).await.expect(409)["code"], "count_differs");
    suite.delete(&format!("/api/leads/{}", ids[0].as_str().unwrap())).await.expect(204);
    let done = suite.post("/api/leads/delete", json!({"ids": ids})).await.expect(200);
    assert_eq!(done["deleted"], json!([ids[1], ids[2]]));
    assert_eq!(done["skipped"][0], json!({"lead_id": ids[0], "reason": "no_such_lead"}));
    let undone = suite.post("/api/leads/restore", json!({"ids": done["deleted"]})).await.expect(200);
    assert_eq!(undone["restored"], done["deleted"]);
    assert_eq!(suite.get("/api/leads?tag=many&sort=name").await.expect(200)["total"], 2);
    let filter = json!({"filter": {"tag": ["many"]}, "except": [ids[1]], "expected_count": 2});
    let done = suite.post("/api/leads/delete", filter).await.expect(200);
    assert_eq!((&done["matched"], &done["deleted"]), (&json!(1), &json!([ids[2]])));
}

#[tokio::test]
async fn list_asked_with_the_answer_follows_a_deletion_and_its_undo_at_once() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let lead = id(&ana(&suite).await);
    suite.stage.record_changes().await;
    let total = async |seen: &Value| {
        let list = format!("/api/leads?seen={}", seen[0].as_str().unwrap_or_default());
        suite.get(&list).await.expect(200)["total"].clone()
    };
    let done = suite.post("/api/leads/delete", json!({"ids": [lead]})).await.expect(200);
    assert_eq!(total(&Value::Null).await, 1, "nothing is recorded yet");
    assert_eq!(total(&done["seen"]).await, 0);
    let undone = suite.post("/api/leads/restore", json!({"ids": [lead]})).await.expect(200);
    assert_eq!(total(&Value::Null).await, 0);
    assert_eq!(total(&undone["seen"]).await, 1);
}

#[tokio::test]
async fn deleted_leads_are_paged_with_the_latest_first() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    for n in 0..3 {
        let new = json!({"first_name": format!("Lead{n}"), "email": format!("l{n}@many.example")});
        let lead = suite.post("/api/leads", new).await.expect(201);
        suite.stage.advance(SignedDuration::from_hours(30));
        suite.sign_in(Role::Manager);
        suite.delete(&format!("/api/leads/{}", id(&lead))).await.expect(204);
    }
    let first = suite.get("/api/leads/deleted?limit=2").await.expect(200);
    assert_eq!(names(&first), ["Lead2", "Lead1"]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = suite.get(&format!("/api/leads/deleted?limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!(names(&second), ["Lead0"]);
    assert_eq!(second["items"][0]["days_left"], 28);
}

#[tokio::test]
async fn deletion_is_too_old_to_be_undone_after_thirty_days() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let lead = id(&ana(&suite).await);
    let path = format!("/api/leads/{lead}");
    suite.delete(&path).await.expect(204);
    suite.stage.advance(SignedDuration::from_hours(30 * 24));
    suite.sign_in(Role::Manager);
    suite.post(&format!("{path}/restore"), json!({})).await.expect(404);
    assert_eq!(suite.get("/api/leads/deleted").await.expect(200)["items"], json!([]));
    assert_eq!(suite.get(&path).await.expect(404)["code"], "not_found");
    suite.post(&format!("{path}/erase"), json!({})).await.expect(204);
    ana(&suite).await;
}

#[tokio::test]
async fn counters_leave_a_deleted_lead_out_until_it_is_restored() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let lead = id(&ana(&suite).await);
    suite.post("/api/leads", json!({"email": "bob@quay.example"})).await.expect(201);
    let path = format!("/api/leads/{lead}");
    let counted = async |suite: &Suite| {
        let stream = suite.stage.stream();
        project(&ProjectPorts::new(&suite.stage.ports), "shard-1", &stream).await.unwrap();
        let total = suite.stage.ports.stats().total(&suite.workspace).await.unwrap();
        use application::ports::stats::Metric::{LeadsCreated, LeadsDeleted};
        total[&LeadsCreated] - total.get(&LeadsDeleted).copied().unwrap_or(0)
    };
    assert_eq!(counted(&suite).await, 2);
    suite.delete(&path).await.expect(204);
    assert_eq!(counted(&suite).await, 1);
    suite.post(&format!("{path}/restore"), json!({})).await.expect(200);
    assert_eq!(counted(&suite).await, 2);
    suite.delete(&path).await.expect(204);
    suite.post(&format!("{path}/erase"), json!({})).await.expect(204);
    assert_eq!(counted(&suite).await, 1);
}

#[tokio::test]
async fn restored_lead_is_listed_though_its_revision_was_given_too_large() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let lead = id(&ana(&suite).await);
    assert_eq!(suite.get("/api/leads").await.expect(200)["items"].as_array().unwrap().len(), 1);
    suite.delete(&format!("/api/leads/{lead}")).await.expect(204);
    let seen = format!("/api/leads?seen={lead}:{}", u64::MAX);
    assert_eq!(suite.get(&seen).await.expect(200)["items"], json!([]));
    suite.post(&format!("/api/leads/{lead}/restore"), json!({})).await.expect(200);
    let page = suite.get("/api/leads").await.expect(200);
    assert_eq!(page["items"][0]["id"], lead.as_str());
}
