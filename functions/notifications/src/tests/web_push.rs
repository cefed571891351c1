//! Push devices, their test, and what is chosen for each channel.

use crate::{App, routes};
use application::Ports;
use domain::workspace::push::PushSession;
use domain::workspace::user::Role;
use domain::workspace::web_push::PushDevice;
use jiff::SignedDuration;
use sandbox::{Sandbox, SandboxConfig};
use serde_json::{Value, json};
use test_stage::Suite;

const DEVICES: &str = "/api/notifications/devices";
const CHOICES: &str = "/api/notifications/choices";

/// A suite, and the push service of its browser.
async fn scene() -> (Suite, Sandbox) {
    let suite = Suite::new(routes(), App::new).await;
    let sandbox = Sandbox::new(SandboxConfig::demo(suite.stage.clock.clone(), 7));
    let service = sandbox.clone();
    suite.stage.providers_answer(move |request| Ok(service.answer_push(&request)));
    (suite, sandbox)
}

fn body(sandbox: &Sandbox, server_key: &Value) -> Value {
    serde_json::to_value(sandbox.subscribe_browser(server_key.as_str().unwrap())).unwrap()
}

#[tokio::test]
async fn browser_is_added_once_tested_and_removed() {
    let (suite, sandbox) = scene().await;
    let none = suite.get(DEVICES).await.expect(200);
    assert_eq!(none["devices"], json!([]));
    suite.post(&format!("{DEVICES}/test"), json!({})).await.expect(404);
    let subscription = body(&sandbox, &none["server_key"]);
    for _ in 0..2 {
        let added = suite.post(DEVICES, subscription.clone()).await.expect(200);
        let devices = added["devices"].as_array().unwrap();
        assert_eq!((devices.len(), &devices[0]["name"]), (1, &json!("Firefox on Linux")));
        assert_eq!((&devices[0]["is_this_session"], &devices[0]["is_current"]), (&json!(true), &json!(true)));
        assert!(!added.to_string().contains(subscription["endpoint"].as_str().unwrap()), "{added}");
    }
    let test = suite.post(&format!("{DEVICES}/test"), json!({})).await.expect(200);
    assert_eq!((&test["sent"], &test["detail"]), (&json!(true), &Value::Null));
    let taken = sandbox.taken_pushes();
    let text: Value = serde_json::from_str(taken[0].text.as_ref().unwrap()).unwrap();
    assert_eq!(text["path"], "/settings/notifications");

    let id = suite.get(DEVICES).await.expect(200)["devices"][0]["id"].as_str().unwrap().to_owned();
    suite.delete(&format!("{DEVICES}/other")).await.expect(404);
    suite.delete(&format!("{DEVICES}/{id}")).await.expect(204);
    assert_eq!(suite.get(DEVICES).await.expect(200)["devices"], json!([]));
}

#[tokio::test]
async fn test_says_why_nothing_came_and_forgets_a_browser_that_is_gone() {
    let (suite, sandbox) = scene().await;
    let subscription = body(&sandbox, &suite.get(DEVICES).await.expect(200)["server_key"]);
    suite.post(DEVICES, subscription.clone()).await.expect(200);
    for (status, word) in
        [(429, "in a minute"), (503, "does not answer"), (400, "refused"), (410, "not subscribed")]
    {
        sandbox.push_service_answers(subscription["endpoint"].as_str().unwrap(), Some(status));
        let test = suite.post(&format!("{DEVICES}/test"), json!({})).await.expect(200);
        assert!(test["sent"] == json!(false) && test["detail"].as_str().unwrap().contains(word), "{test}");
    }
    suite.post(&format!("{DEVICES}/test"), json!({})).await.expect(404);
}

#[tokio::test]
async fn tests_of_a_user_are_limited() {
    let (suite, sandbox) = scene().await;
    let subscription = body(&sandbox, &suite.get(DEVICES).await.expect(200)["server_key"]);
    suite.post(DEVICES, subscription).await.expect(200);
    for _ in 0..20 {
        suite.post(&format!("{DEVICES}/test"), json!({})).await.expect(200);
    }
    suite.post(&format!("{DEVICES}/test"), json!({})).await.expect(429);
}

#[tokio::test]
async fn subscription_that_no_push_service_gave_is_refused_by_field() {
    let (suite, sandbox) = scene().await;
    let good = body(&sandbox, &suite.get(DEVICES).await.expect(200)["server_key"]);
    for (field, bad) in [
        ("endpoint", "https://169.254.169.254/latest"),
        ("endpoint", "https://evil.example/push"),
        ("p256dh", "AAAA"),
        ("auth", "AAAA"),
    ] {
        let mut changed = good.clone();
        changed[field] = json!(bad);
        let refused = suite.post(DEVICES, changed).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
    assert_eq!(suite.get(DEVICES).await.expect(200)["devices"], json!([]));
}

#[tokio::test]
async fn device_of_another_user_is_not_shown_and_cannot_be_removed() {
    let (mut suite, sandbox) = scene().await;
    let subscription = body(&sandbox, &suite.get(DEVICES).await.expect(200)["server_key"]);
    let added = suite.post(DEVICES, subscription).await.expect(200);
    let id = added["devices"][0]["id"].as_str().unwrap().to_owned();
    let owner = suite.user.clone();
    suite.user = suite.stage.add_user(&suite.workspace, "rob", Role::Admin).await;
    suite.sign_in(Role::Admin);
    assert_eq!(suite.get(DEVICES).await.expect(200)["devices"], json!([]));
    suite.delete(&format!("{DEVICES}/{id}")).await.expect(404);
    let kept = suite.stage.ports.push_devices().devices(&suite.workspace, &owner).await.unwrap();
    assert_eq!(kept.len(), 1);
}

#[tokio::test]
async fn browser_that_another_user_adds_is_theirs_alone() {
    let (suite, sandbox) = scene().await;
    let subscription = body(&sandbox, &suite.get(DEVICES).await.expect(200)["server_key"]);
    suite.post(DEVICES, subscription.clone()).await.expect(200);
    let (devices, workspace) = (suite.stage.ports.push_devices(), &suite.workspace);
    let known = devices.devices(workspace, &suite.user).await.unwrap();
    let rob = suite.stage.add_user(workspace, "rob", Role::Admin).await;
    let robs =
        PushDevice { of: PushSession { user: rob.clone(), ..known[0].of.clone() }, ..known[0].clone() };
    devices.put_device(&robs).await.unwrap();
    suite.post(DEVICES, subscription).await.expect(200);
    assert_eq!(devices.devices(workspace, &rob).await.unwrap(), []);
    assert_eq!(devices.devices(workspace, &suite.user).await.unwrap().len(), 1);
}

#[tokio::test]
async fn device_that_was_added_again_is_not_forgotten_as_it_was() {
    let (suite, sandbox) = scene().await;
    let subscription = body(&sandbox, &suite.get(DEVICES).await.expect(200)["server_key"]);
    suite.post(DEVICES, subscription.clone()).await.expect(200);
    let (devices, workspace) = (suite.stage.ports.push_devices(), &suite.workspace);
    let before = devices.devices(workspace, &suite.user).await.unwrap();
    suite.stage.advance(SignedDuration::from_secs(1));
    suite.post(DEVICES, subscription).await.expect(200);
    devices.forget_devices(&before).await.unwrap();
    let now = devices.devices(workspace, &suite.user).await.unwrap();
    assert_eq!(now.len(), 1);
    devices.forget_devices(&now).await.unwrap();
    assert_eq!(devices.devices(workspace, &suite.user).await.unwrap(), []);
}

#[tokio::test]
async fn channels_and_quiet_hours_are_chosen_by_their_user() {
    let (suite, _) = scene().await;
    let usual = suite.get(CHOICES).await.expect(200);
    let both = json!(["hot_lead", "reply"]);
    assert_eq!((&usual["browser"], &usual["pushed"]), (&both, &both));
    assert_eq!((&usual["quiet"], &usual["hot_leads_always"]), (&json!({"from": 20, "to": 7}), &json!(false)));
    let chosen = json!({"browser": [], "pushed": ["task_due", "health", "task_due"], "quiet": null,
        "hot_leads_always": true, "rev": 0});
    let saved = suite.put(CHOICES, chosen.clone()).await.expect(200);
    assert_eq!((&saved["pushed"], &saved["quiet"]), (&json!(["task_due", "health"]), &Value::Null));
    assert_eq!(suite.get(CHOICES).await.expect(200), saved);
    suite.put(CHOICES, chosen).await.expect(409);
    for (from, to) in [(7, 7), (24, 7), (20, 99)] {
        let bad = json!({"browser": [], "pushed": [], "quiet": {"from": from, "to": to}, "hot_leads_always": false});
        assert_eq!(suite.put(CHOICES, bad).await.expect(422)["errors"][0]["field"], "quiet");
    }
}
