//! The routes of sequences.

mod variants;
mod versions;

use crate::{App, routes};
use application::Ports;
use application::queue_messages::Queue;
use domain::campaign::{Campaign, CampaignState};
use domain::contact::country::Country;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::sequence::Sequence;
use domain::time::days_off::DayOff;
use domain::time::time_zone::ZoneName;
use domain::time::weekly_hours::MinuteRange;
use domain::time::weekly_hours::WorkingHours;
use domain::workspace::user::Role;
use domain::{LeadId, StepId};
use serde_json::{Value, json};
use test_stage::Suite;

async fn suite() -> Suite {
    Suite::new(routes(), App::new).await
}

fn now(suite: &Suite) -> jiff::Timestamp {
    suite.stage.ports.clock().now()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn lead(suite: &Suite, name: &str) -> LeadId {
    let british = |lead: &mut Lead| {
        lead.first_name = Some(name.to_owned());
        lead.country = Country::parse("GB");
    };
    suite.stage.lead(&suite.workspace, name, british).await.id
}

fn two_mails() -> Value {
    json!({"name": "Hello", "steps": [
        {"kind": "email", "delay": {"amount": 0, "unit": "minutes"}, "subject": "Hi {{ first_name }}",
            "body": "Hello {{ first_name | default('there') }}"},
        {"kind": "email", "delay": {"amount": 2, "unit": "days"}, "body": "Again: {{ company }}"},
    ]})
}

async fn stored(suite: &Suite, sequence: &Value) -> Sequence {
    let id = text(&sequence["id"]).parse().unwrap();
    suite.stage.ports.sequences().get(&suite.workspace, &id).await.unwrap()
}

/// A campaign with a mailbox.
async fn campaign(suite: &Suite, sequence: &Sequence, state: CampaignState) -> Campaign {
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    suite.stage.campaign("Spring", sequence, state, |campaign| campaign.mailboxes = vec![mailbox]).await
}

#[tokio::test]
async fn routes_refuse_callers_without_the_role() {
    suite().await.refuses_those_who_may_not(routes().rows()).await;
}

#[tokio::test]
async fn changed_steps_make_a_new_version_and_a_new_name_does_not() {
    let suite = suite().await;
    let made = suite.post("/api/sequences", two_mails()).await.expect(201);
    let path = format!("/api/sequences/{}", text(&made["id"]));
    let named = suite.patch(&path, json!({"name": "Hello again"})).await.expect(200);
    assert_eq!((named["version"].clone(), named["steps"].clone()), (json!(1), made["steps"].clone()));
    let mut steps = made["steps"].clone();
    steps[1]["body"] = json!("Once more");
    let changed = suite.patch(&path, json!({"steps": steps})).await.expect(200);
    assert_eq!(changed["version"], 2);
    assert_eq!(changed["steps"][1]["id"], made["steps"][1]["id"]);
    let stale = json!({"name": "Old", "rev": made["rev"]});
    assert_eq!(suite.patch(&path, stale).await.expect(409)["code"], "changed_meanwhile");
    suite.delete(&path).await.expect(204);
    assert_eq!(suite.get("/api/sequences").await.expect(200)["total"], 0);
    assert_eq!(suite.get("/api/sequences?archived=true").await.expect(200)["total"], 1);
}

#[tokio::test]
async fn sequence_faults_name_their_field() {
    let suite = suite().await;
    let body = json!({"name": "", "window": {"weekdays": [], "ranges": []}, "steps": [
        {"kind": "email", "delay": {"amount": 0, "unit": "days"}, "body": "{{ nonsense }}"},
        {"kind": "sms", "delay": {"amount": 999, "unit": "days"}, "body": ""},
    ]});
    let problem = suite.post("/api/sequences", body).await.expect(422);
    let fields: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(
        fields,
        ["name", "window", "steps[0].body", "steps[0].subject", "steps[1].delay", "steps[1].body"]
    );
    let odd =
        json!({"name": "x", "steps": [{"kind": "fax", "delay": {"amount": 0, "unit": "days"}, "body": "x"}]});
    assert_eq!(suite.post("/api/sequences", odd).await.expect(422)["field"], "steps[0]");
}

#[tokio::test]
async fn every_step_kind_is_accepted_and_returned() {
    let suite = suite().await;
    let at_once = json!({"amount": 0, "unit": "minutes"});
    let (call, end) = (StepId::derived(now(&suite), &["call"]), StepId::derived(now(&suite), &["end"]));
    let steps = json!([
        {"kind": "email", "delay": at_once, "subject": "Hi", "body": "Hello"},
        {"kind": "wait", "delay": {"amount": 3, "unit": "working_days"}, "not_after": "2026-12-24"},
        {"kind": "branch", "delay": at_once, "condition": {"if": "field_equals", "field": "city", "value": "York"},
            "yes": call, "no": end},
        {"id": call, "kind": "task", "task": "whatsapp", "delay": at_once, "title": "Write {{ first_name }}", "body": "Hi"},
        {"kind": "goal", "delay": at_once, "goal": {"reach": "stage", "stage": "qualified"}},
        {"id": end, "kind": "end", "delay": at_once},
    ]);
    let made = suite.post("/api/sequences", json!({"name": "All", "steps": steps})).await.expect(201);
    let again = suite.get(&format!("/api/sequences/{}", text(&made["id"]))).await.expect(200);
    for (told, sent) in again["steps"].as_array().unwrap().iter().zip(steps.as_array().unwrap()) {
        for (name, value) in sent.as_object().unwrap() {
            assert_eq!(&told[name], value, "{name} of {sent}");
        }
    }
    let mut turned = steps.clone();
    turned.as_array_mut().unwrap().swap(2, 3);
    let problem = suite.post("/api/sequences", json!({"name": "All", "steps": turned})).await.expect(422);
    assert_eq!(problem["field"], "steps[3].yes");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("step 3, the task 'Write {{ first_name }}'"), "{problem}");
}

#[tokio::test]
async fn preview_shows_times_texts_and_errors() {
    let suite = suite().await;
    let ana = lead(&suite, "ana").await;
    let sequence = suite.post("/api/sequences", two_mails()).await.expect(201);
    let path = format!("/api/sequences/{}/preview", text(&sequence["id"]));
    let preview = suite.post(&path, json!({"lead_id": ana})).await.expect(200);
    assert_eq!(
        (preview["zone"].clone(), preview["zone_source"].clone()),
        (json!("Europe/London"), json!("country"))
    );
    let steps = preview["steps"].as_array().unwrap();
    assert_eq!(steps[0]["subject"], "Hi ana");
    assert_eq!(steps[0]["text"], "Hello ana");
    assert_eq!(steps[0]["local"], "2026-11-20T09:00");
    assert_eq!(steps[1]["subject"], "Re: Hi ana");
    assert!(text(&steps[1]["error"]).contains("company"));
    // Two days after a Friday is a Sunday: the window opens on Monday.
    assert!(text(&steps[1]["local"]).starts_with("2026-11-23T09:"));
    let nobody = LeadId::derived(now(&suite), &["nobody"]);
    assert_eq!(suite.post(&path, json!({"lead_id": nobody})).await.expect(422)["field"], "lead_id");
}

#[tokio::test]
async fn preview_respects_days_off() {
    let suite = suite().await;
    let ana = lead(&suite, "ana").await;
    let sequence = suite.post("/api/sequences", two_mails()).await.expect(201);
    let campaign = campaign(&suite, &stored(&suite, &sequence).await, CampaignState::Draft).await;
    let workspaces = suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&suite.workspace).await.unwrap();
    let day =
        |date: &str| DayOff { date: date.parse().unwrap(), name: "Stocktaking".to_owned(), yearly: false };
    workspace.days_off = vec![day("2026-11-20"), day("2026-11-24")];
    workspaces.save(&workspace, &Event::system(EventKind::SettingsChanged, now(&suite))).await.unwrap();
    let preview = format!("/api/sequences/{}/preview", text(&sequence["id"]));
    let body = json!({"lead_id": ana, "campaign_id": campaign.id});
    let planned = suite.post(&preview, body.clone()).await.expect(200);
    assert!(text(&planned["steps"][0]["local"]).starts_with("2026-11-23T09:"), "{planned}");
    assert!(text(&planned["steps"][1]["local"]).starts_with("2026-11-25T09:"), "{planned}");
    let accounts = suite.stage.ports.accounts();
    let mut account = accounts.get(&suite.workspace, &campaign.mailboxes[0]).await.unwrap();
    account.hours = Some(WorkingHours {
        zone: ZoneName::parse("Asia/Tokyo").unwrap(),
        weekdays: vec![1, 2, 3, 4, 5],
        ranges: vec![MinuteRange { start: 9 * 60, end: 17 * 60 }],
    });
    accounts.save(&account, &Event::system(EventKind::AccountChanged, now(&suite))).await.unwrap();
    let never = suite.post(&preview, body).await.expect(200);
    assert_eq!(never["steps"][0]["skipped"], "window_never_opens");
}

#[tokio::test]
async fn sequence_of_another_workspace_is_not_found() {
    let mut suite = suite().await;
    let ana = lead(&suite, "ana").await;
    let sequence = suite.post("/api/sequences", two_mails()).await.expect(201);
    let path = format!("/api/sequences/{}", text(&sequence["id"]));
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    suite.get(&path).await.expect(404);
    suite.patch(&path, json!({"name": "mine"})).await.expect(404);
    suite.delete(&path).await.expect(404);
    suite.post(&format!("{path}/preview"), json!({"lead_id": ana})).await.expect(404);
}
