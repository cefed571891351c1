//! The Slack channel of a workspace.

use super::*;
use http::{Response, StatusCode};

const PATH: &str = "/api/settings/slack";
const URL: &str = "https://hooks.slack.com/services/T0/B0/s3cretWORD";

fn body(url: &str) -> Value {
    json!({"url": url, "kinds": ["hot_lead", "reply", "reply"], "with_details": false})
}

fn slack_answers(suite: &Suite, status: u16) {
    suite.stage.providers_answer(move |request| {
        assert_eq!(request.uri(), URL);
        let mut answer = Response::new(b"no_text".to_vec());
        *answer.status_mut() = StatusCode::from_u16(status).unwrap();
        Ok(answer)
    });
}

#[tokio::test]
async fn channel_is_connected_changed_and_disconnected_and_its_address_is_never_shown() {
    let suite = suite().await;
    let none = suite.get(PATH).await.expect(200);
    assert_eq!((&none["ending"], &none["rev"]), (&Value::Null, &json!(0)));
    let saved = suite.put(PATH, body(URL)).await.expect(200);
    assert_eq!((&saved["ending"], &saved["kinds"]), (&json!("WORD"), &json!(["hot_lead", "reply"])));
    let change = json!({"kinds": ["payment"], "with_details": true, "rev": saved["rev"]});
    let changed = suite.put(PATH, change.clone()).await.expect(200);
    assert_eq!((&changed["ending"], &changed["with_details"]), (&json!("WORD"), &json!(true)));
    suite.put(PATH, change).await.expect(409);
    let shown = suite.get(PATH).await.expect(200);
    assert_eq!(shown, changed);
    assert!(!shown.to_string().contains("s3cret"));
    let stored = suite.stage.ports.slack().channel(&suite.workspace).await.unwrap().unwrap();
    assert!(!format!("{stored:?}").contains("s3cret"), "it is sealed");
    suite.delete(PATH).await.expect(204);
    assert_eq!(suite.get(PATH).await.expect(200)["ending"], Value::Null);
    suite.delete(PATH).await.expect(404);
}

#[tokio::test]
async fn channel_is_refused_with_the_field_that_is_wrong() {
    let suite = suite().await;
    let problem = suite.put(PATH, body("https://evil.example/services/T0/B0/x")).await.expect(422);
    assert_eq!(fields(&problem), ["url"]);
    assert!(!problem.to_string().contains("evil"), "{problem}");
    let none = suite.put(PATH, json!({"kinds": [], "with_details": false})).await.expect(422);
    assert_eq!(fields(&none), ["kinds", "url"]);
}

#[tokio::test]
async fn test_tells_slacks_answer_in_plain_words_and_switches_the_channel() {
    let suite = suite().await;
    let path = format!("{PATH}/test");
    suite.post(&path, json!({})).await.expect(404);
    suite.put(PATH, body(URL)).await.expect(200);
    slack_answers(&suite, 410);
    let archived = suite.post(&path, json!({})).await.expect(200);
    assert_eq!((&archived["sent"], &archived["slack"]["off"]["fault"]), (&json!(false), &json!("archived")));
    assert!(text(&archived["detail"]).starts_with("The Slack channel is archived."), "{archived}");
    slack_answers(&suite, 400);
    let refused = suite.post(&path, json!({})).await.expect(200);
    assert_eq!(refused["detail"], "Slack refused the text: 400 no_text");
    assert_eq!(refused["slack"]["off"]["fault"], "archived", "the webhook may still work no more");
    slack_answers(&suite, 200);
    let sent = suite.post(&path, json!({})).await.expect(200);
    assert_eq!((&sent["sent"], &sent["detail"]), (&json!(true), &Value::Null));
    assert_eq!(sent["slack"]["off"], Value::Null, "it is switched on again");
    for _ in 0..17 {
        suite.post(&path, json!({})).await.expect(200);
    }
    suite.post(&path, json!({})).await.expect(429);
}

#[tokio::test]
async fn new_address_switches_a_channel_on_again() {
    let suite = suite().await;
    suite.put(PATH, body(URL)).await.expect(200);
    slack_answers(&suite, 404);
    suite.post(&format!("{PATH}/test"), json!({})).await.expect(200);
    let kinds = json!({"kinds": ["reply"], "with_details": false});
    assert_eq!(suite.put(PATH, kinds).await.expect(200)["off"]["fault"], "not_found");
    assert_eq!(suite.put(PATH, body(URL)).await.expect(200)["off"], Value::Null);
}
