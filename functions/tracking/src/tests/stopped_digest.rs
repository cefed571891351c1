//! The link that stops a user's digest.

use super::*;
use application::digest::stop::StopLink;
use serde_json::Value;

#[tokio::test]
async fn digest_is_stopped_by_one_post_and_viewing_changes_nothing() {
    let scene = scene().await;
    let (stage, workspace, user) = (&scene.suite.stage, &scene.suite.workspace, &scene.suite.user);
    let (keys, public_url) = (stage.ports.keys(), stage.ports.public_url());
    let url = StopLink { keys: &keys, public_url: &public_url, workspace, user }.url();
    let path = url.strip_prefix("https://leadflow.example").unwrap();
    let page = scene.get(path).await;
    assert_eq!(page.status, 200);
    assert!(String::from_utf8(page.body).unwrap().contains("Stop my digest"));
    assert_eq!(stage.messages(Queue::Inbound), Vec::<Value>::new());
    let one_click = b"List-Unsubscribe=One-Click".to_vec();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let done = scene.suite.send_bytes(Method::POST, path, one_click.clone(), &form).await;
    assert_eq!(done.status, 200);
    let events = stage.messages(Queue::Inbound);
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["ingest"], &events[0]["user"]), (&json!("digest_stopped"), &json!(user)));

    let other = domain::UserId::derived(stage.clock.now(), &["other"]);
    let signature = path.rsplit('/').next().unwrap();
    for forged in [
        format!("/d/{workspace}/{other}/{signature}"),
        format!("/d/{workspace}/{user}/{}", "a".repeat(16)),
        format!("/d/{workspace}/x/{signature}"),
    ] {
        assert_eq!(scene.get(&forged).await.status, 404, "{forged}");
        let refused = scene.suite.send_bytes(Method::POST, &forged, one_click.clone(), &form).await;
        assert_eq!(refused.status, 404, "{forged}");
    }
    assert_eq!(stage.messages(Queue::Inbound), Vec::<Value>::new());
}
