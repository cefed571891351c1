//! New notifications of kinds that the workspace's Slack channel is told of are ordered, a batch in one order.

use super::{Scene, all_done};
use application::Ports;
use application::queue_messages::Queue;
use domain::event::{Event, EventKind};
use domain::workspace::notification::NotificationKind;
use domain::workspace::slack_channel::SlackChannel;
use serde_json::{Value, json};

#[tokio::test]
async fn wanted_notifications_of_a_batch_are_ordered_for_slack_together() {
    let scene = Scene::new().await;
    scene.notify("before", NotificationKind::Reply, None).await;
    assert_eq!(scene.project(&scene.stage.stream()).await, all_done());
    assert_eq!(scene.stage.messages(Queue::Enrolments), Vec::<Value>::new(), "no channel is connected");

    let event = Event::system(EventKind::SettingsChanged, scene.stage.ports.clock().now());
    let channel = SlackChannel {
        workspace: scene.workspace.clone(),
        sealed_url: "sealed".to_owned(),
        ending: "aled".to_owned(),
        kinds: vec![NotificationKind::Reply],
        with_details: false,
        off: None,
        rev: 0,
    };
    scene.stage.ports.slack().save(&channel, &event).await.unwrap();
    let from = scene.stage.stream().len();
    let ann = scene.notify("Ann", NotificationKind::Reply, None).await;
    scene.notify("health", NotificationKind::Health, None).await;
    let bob = scene.notify("Bob", NotificationKind::Reply, None).await;
    assert_eq!(scene.project(&scene.stage.stream()[from..]).await, all_done());
    let order = json!({"do": "tell_slack", "workspace": scene.workspace, "told": [{"id": ann}, {"id": bob}]});
    assert_eq!(scene.stage.messages(Queue::Enrolments), [order]);

    let user = domain::UserId::derived(event.at, &["user"]);
    let from = scene.stage.stream().len();
    scene.stage.ports.notifications().mark_read(&scene.workspace, &user, &[ann], event.at).await.unwrap();
    assert_eq!(scene.project(&scene.stage.stream()[from..]).await, all_done());
    assert_eq!(scene.stage.messages(Queue::Enrolments), Vec::<Value>::new(), "one that is read is not new");
}
