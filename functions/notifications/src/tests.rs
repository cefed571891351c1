//! The routes of notifications.

mod web_push;

use crate::{App, routes};
use application::Clock;
use application::Ports;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::task::{Task, TaskKind};
use domain::{NotificationId, TaskId, UserId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::Suite;

async fn tell(suite: &Suite, title: &str, user: Option<UserId>) -> NotificationId {
    let at = suite.stage.advance(SignedDuration::from_secs(1));
    let id = NotificationId::derived(at, &[title]);
    let notification = Notification {
        id: id.clone(),
        workspace: suite.workspace.clone(),
        user,
        kind: NotificationKind::Reply,
        title: title.to_owned(),
        detail: String::new(),
        lead: None,
        created_at: at,
        read_at: None,
    };
    suite
        .stage
        .ports
        .notifications()
        .put(&notification, &Event::system(EventKind::LeadChanged, at))
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn own_and_workspace_notifications_are_listed_newest_first_and_read() {
    let suite = Suite::new(routes(), App::new).await;
    let colleague = UserId::derived(suite.stage.clock.now(), &["colleague"]);
    let first = tell(&suite, "for all", None).await;
    tell(&suite, "for me", Some(suite.user.clone())).await;
    tell(&suite, "for a colleague", Some(colleague)).await;
    let list = suite.get("/api/notifications").await.expect(200);
    let titles: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|item| &item["title"]).collect();
    assert_eq!(titles, ["for me", "for all"]);
    assert_eq!(list["unread"], 2);
    assert_eq!(suite.post("/api/notifications/read", json!({"ids": [first]})).await.expect(200)["unread"], 1);
    assert_eq!(suite.post("/api/notifications/read", json!({"ids": [first]})).await.expect(200)["unread"], 1);
    assert_eq!(suite.get("/api/notifications/unread").await.expect(200)["unread"], 1);
    assert_eq!(suite.post("/api/notifications/read", json!({})).await.expect(200)["unread"], 0);
    suite.post("/api/notifications/read", json!({"ids": ["x"]})).await.expect(422);
}

#[tokio::test]
async fn notification_pages_follow_one_another() {
    let suite = Suite::new(routes(), App::new).await;
    for title in ["a", "b", "c"] {
        tell(&suite, title, None).await;
    }
    let first = suite.get("/api/notifications?limit=2").await.expect(200);
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let next = first["next_cursor"].as_str().unwrap();
    let second = suite.get(&format!("/api/notifications?limit=2&cursor={next}")).await.expect(200);
    assert_eq!(second["items"][0]["title"], "a");
}

#[tokio::test]
async fn notifications_need_a_sign_in() {
    let mut suite = Suite::new(routes(), App::new).await;
    suite.refuses_those_who_may_not(routes().rows()).await;
}

#[tokio::test]
async fn digest_is_chosen_and_previewed_by_its_user() {
    let suite = Suite::new(routes(), App::new).await;
    let path = "/api/notifications/digest";
    let usual = suite.get(path).await.expect(200);
    assert_eq!(
        (&usual["hour"], &usual["zone"], &usual["mails_go_out"]),
        (&json!(8), &Value::Null, &json!(false))
    );
    assert_eq!(usual["parts"], json!(["hot_leads", "replies", "meetings", "tasks"]));
    let body = json!({"hour": 18, "zone": "Asia/Kolkata", "parts": ["tasks", "replies"], "rev": 0});
    let saved = suite.put(path, body.clone()).await.expect(200);
    assert_eq!((&saved["hour"], &saved["zone"]), (&json!(18), &json!("Asia/Kolkata")));
    assert_eq!((&saved["parts"], &saved["rev"]), (&json!(["replies", "tasks"]), &json!(1)));
    suite.put(path, body).await.expect(409);
    let off = suite.put(path, json!({"hour": null, "parts": ["tasks"]})).await.expect(200);
    assert_eq!((&off["hour"], &off["zone"]), (&Value::Null, &Value::Null));
    let bad = suite.put(path, json!({"hour": 24, "zone": "Mars/North", "parts": []})).await.expect(422);
    let fields: Vec<&str> =
        bad["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["hour", "zone", "parts"]);

    suite.put(path, json!({"hour": 8, "parts": ["tasks"]})).await.expect(200);
    let preview = format!("{path}/preview");
    let empty = suite.get(&preview).await.expect(200);
    assert_eq!((&empty["subject"], &empty["parts"]), (&json!(""), &json!([])));
    let own = |lead: &mut Lead| lead.owner = Some(suite.user.clone());
    let lead = suite.stage.lead(&suite.workspace, "ann", own).await;
    let now = suite.stage.clock.now();
    let task = Task::about(&lead, TaskId::derived(&lead.id, &["t"]), TaskKind::Call, "Call".to_owned(), now);
    let event = Event::system(EventKind::TaskCreated, now);
    suite.stage.ports.tasks().save(&task, &event).await.unwrap();
    let full = suite.get(&preview).await.expect(200);
    assert_eq!((&full["subject"], &full["day"]), (&json!("1 task due"), &json!("2026-11-20")));
    assert_eq!(full["parts"][0]["lines"], json!([{"text": "ann@one.example: Call", "lead_id": lead.id}]));
}
