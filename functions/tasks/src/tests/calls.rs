//! The calls page: the queue, the calls that were made, and their figures.

use super::*;
use domain::contact::channel::Channel;
use domain::lead::stage::StageId;
use domain::message::Direction;
use domain::message::conversation::{Conversation, Folder};

async fn another(suite: &Suite, name: &str) -> Lead {
    let now = suite.stage.clock.now();
    let mut lead = Lead::blank(LeadId::derived(now, &[name]), suite.workspace.clone(), now);
    lead.first_name = Some(name.to_owned());
    lead.email = EmailAddress::parse(&format!("{name}@linden.example")).ok();
    suite.stage.ports.leads().create(&lead, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
    lead
}

async fn call(suite: &Suite, lead: &Lead, due: &str) -> String {
    let body = json!({"lead_id": lead.id, "title": "Call", "kind": "call", "due_at": due});
    let task = suite.post("/api/tasks", body).await.expect(201);
    format!("/api/tasks/{}", task["id"].as_str().unwrap())
}

async fn has_written(suite: &Suite, lead: &Lead) {
    let now = suite.stage.clock.now();
    let conversation = Conversation {
        workspace: suite.workspace.clone(),
        lead: lead.id.clone(),
        lead_name: lead.display_name(),
        lead_deleted: false,
        folder: Folder::Open,
        channel: Channel::Email,
        last_direction: Direction::In,
        last_at: now,
        snippet: "Can you ring me after half four?".to_owned(),
        unread: 1,
        understood: None,
        assignee: None,
        lead_owner: None,
        taken_in: Vec::new(),
        draft: None,
        rev: 0,
    };
    let event = Event::system(EventKind::ConversationContinued, now);
    suite.stage.ports.conversations().save(&conversation, &event).await.unwrap();
}

fn names(list: &Value) -> Vec<&str> {
    let rows = list["items"].as_array().unwrap().iter();
    rows.map(|row| row["lead_name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn queue_has_due_calls_and_waiting_replies_in_order_of_value() {
    let (suite, elena) = suite().await;
    let (ben, cat) = (another(&suite, "ben").await, another(&suite, "cat").await);
    call(&suite, &ben, "2026-11-20T08:55:00Z").await;
    call(&suite, &cat, "2026-11-19T08:55:00Z").await;
    has_written(&suite, &elena).await;
    // It is due in three days, and a to-do is no call.
    call(&suite, &ben, "2026-11-23T08:55:00Z").await;
    task(&suite, &ben, "Send the offer", "2026-11-20T08:55:00Z").await;
    let queue = suite.get("/api/calls/queue").await.expect(200);
    assert_eq!(names(&queue), ["cat", "Elena", "ben"]);
    assert_eq!((&queue["items"][0]["late"], &queue["items"][2]["late"]), (&json!(true), &json!(false)));
    let reply = &queue["items"][1];
    assert_eq!((&reply["reason"], &reply["task"]), (&json!("A reply waits"), &Value::Null));
    assert_eq!(reply["last_message"]["text"], "Can you ring me after half four?");
    let points = |part: &Value| part["points"].as_i64().unwrap();
    for row in queue["items"].as_array().unwrap() {
        let sum: i64 = row["parts"].as_array().unwrap().iter().map(points).sum();
        assert_eq!(row["value"].as_i64(), Some(sum), "{row}");
    }
}

#[tokio::test]
async fn queue_says_which_lead_is_a_client() {
    let (suite, elena) = suite().await;
    let ben = another(&suite, "ben").await;
    let mut won = suite.stage.ports.leads().get(&suite.workspace, &ben.id).await.unwrap();
    won.move_to(StageId::WON, suite.stage.clock.now());
    let event = Event::system(EventKind::LeadChanged, suite.stage.clock.now());
    suite.stage.ports.leads().save(&won, &event).await.unwrap();
    for lead in [&elena, &ben] {
        call(&suite, lead, "2026-11-20T08:55:00Z").await;
    }
    let queue = suite.get("/api/calls/queue").await.expect(200);
    let clients = queue["items"].as_array().unwrap().iter().filter(|row| row["is_client"] == true);
    let clients: Vec<&str> = clients.map(|row| row["lead_name"].as_str().unwrap()).collect();
    assert_eq!(clients, ["ben"]);
}

#[tokio::test]
async fn queue_leaves_out_what_another_user_owns() {
    let (suite, elena) = suite().await;
    let path = call(&suite, &elena, "2026-11-20T08:55:00Z").await;
    let others = domain::UserId::derived(suite.stage.clock.now(), &["other"]);
    let id = domain::TaskId::parse(path.trim_start_matches("/api/tasks/")).unwrap();
    let mut stored = suite.stage.ports.tasks().get(&suite.workspace, &id).await.unwrap();
    stored.owner = Some(others);
    let event = Event::system(EventKind::TaskChanged, suite.stage.clock.now());
    stored.rev = suite.stage.ports.tasks().save(&stored, &event).await.unwrap();
    assert_eq!(names(&suite.get("/api/calls/queue").await.expect(200)), [""; 0]);
    stored.owner = None;
    suite.stage.ports.tasks().save(&stored, &event).await.unwrap();
    assert_eq!(names(&suite.get("/api/calls/queue").await.expect(200)), ["Elena"]);
}

#[tokio::test]
async fn calls_are_listed_and_counted_by_the_user_who_made_them() {
    let (suite, elena) = suite().await;
    for outcome in ["voicemail", "connected", "booked"] {
        let path = call(&suite, &elena, "2026-11-20T08:55:00Z").await;
        suite.patch(&path, json!({"outcome": outcome})).await.expect(200);
    }
    let dropped = call(&suite, &elena, "2026-11-20T08:55:00Z").await;
    suite.delete(&dropped).await.expect(204);
    let calls = suite.get("/api/calls?user=me").await.expect(200);
    assert_eq!(calls["items"].as_array().unwrap().len(), 3, "a cancelled call was not made");
    let stats = suite.get("/api/calls/stats?zone=Europe/London").await.expect(200);
    let three = json!({"calls": 3, "reached": 2, "meetings": 1});
    assert_eq!(stats, json!({"today": three, "week": three}));
    let other = domain::UserId::derived(suite.stage.clock.now(), &["other"]);
    assert_eq!(suite.get(&format!("/api/calls?user={other}")).await.expect(200)["items"], json!([]));
    assert_eq!(suite.get("/api/calls/stats?zone=Mars").await.expect(422)["field"], "query.zone");
    assert_eq!(suite.get("/api/calls?user=maya").await.expect(422)["field"], "query.user");
}

#[tokio::test]
async fn call_that_is_opened_again_is_not_counted() {
    let (suite, elena) = suite().await;
    let path = call(&suite, &elena, "2026-11-20T08:55:00Z").await;
    suite.patch(&path, json!({"outcome": "connected"})).await.expect(200);
    suite.patch(&path, json!({"done": false})).await.expect(200);
    let none = json!({"calls": 0, "reached": 0, "meetings": 0});
    let stats = suite.get("/api/calls/stats").await.expect(200);
    assert_eq!(stats, json!({"today": none, "week": none}));
}
