//! What a launch lacks and when its first message goes out, asked before it.

use super::*;
use domain::workspace::Sending;

async fn check(suite: &Suite, path: &str) -> Value {
    suite.get(&format!("{path}/launch")).await.expect(200)
}

/// A draft whose second step is a text.
async fn with_a_text(suite: &Suite) -> String {
    let mail = json!({"id": StepId::derived(now(suite), &["mail"]), "kind": "email", "subject": "Hi", "body": "Hello",
        "delay": {"amount": 0, "unit": "minutes"}});
    let sms = json!({"id": StepId::derived(now(suite), &["sms"]), "kind": "sms", "body": "Hello",
        "delay": {"amount": 1, "unit": "days"}});
    let sequence = sequence(suite, json!([mail, sms])).await;
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    let body = json!({"name": "Spring", "sequence_id": sequence.id, "mailbox_ids": [mailbox]});
    format!("/api/campaigns/{}", text(&suite.post("/api/campaigns", body).await.expect(201)["id"]))
}

#[tokio::test]
async fn launch_check_names_the_step_whose_number_is_missing_as_the_launch_does() {
    let suite = suite().await;
    let path = with_a_text(&suite).await;
    let told = check(&suite, &path).await;
    let why = "step 2 is a text, and no number is chosen. Choose one, or remove the step.";
    assert_eq!(told["faults"], json!([{"field": "sms_sender_id", "detail": why}]));
    assert_eq!(told["first"], Value::Null);
    let refused = suite.post(&format!("{path}/launch"), json!({})).await.expect(422);
    assert_eq!(refused["errors"], json!([{"field": "sms_sender_id", "detail": why}]));
}

#[tokio::test]
async fn launch_check_says_when_the_first_message_goes_out_and_the_launch_keeps_to_it() {
    let suite = suite().await;
    let path = draft(&suite).await;
    assert_eq!(check(&suite, &path).await["first"], Value::Null, "nobody is enrolled");
    let ana = lead(&suite, "ana").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let told = check(&suite, &path).await;
    assert_eq!((&told["looked_at"], &told["more"], &told["faults"]), (&json!(1), &json!(false), &json!([])));
    assert_eq!(told["first"]["channel"], "email");
    order(&suite, &path, "launch").await;
    let due = suite.stage.ports.enrolments().get(&key(&suite, &path, &ana)).await.unwrap().due();
    let first: jiff::Timestamp = serde_json::from_value(told["first"]["at"].clone()).unwrap();
    assert!(due.is_none_or(|due| due <= first), "{due:?} {first}");
    assert!(first >= now(&suite), "{first}");
}

#[tokio::test]
async fn launch_check_begins_at_the_end_of_a_stop_of_all_sending() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let until = now(&suite) + SignedDuration::from_hours(24 * 7);
    let workspaces = suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&suite.workspace).await.unwrap();
    workspace.sending = Sending::Stopped { since: now(&suite), until: Some(until) };
    workspaces.save(&workspace, &Event::system(EventKind::SettingsChanged, now(&suite))).await.unwrap();
    let first: jiff::Timestamp =
        serde_json::from_value(check(&suite, &path).await["first"]["at"].clone()).unwrap();
    assert!(first >= until, "{first}");
}
