//! New notifications are ordered to be pushed to the users who have a device, a batch in one order for each.

use super::{Scene, all_done};
use application::Ports;
use application::queue_messages::Queue;
use domain::workspace::notification::NotificationKind;
use domain::workspace::push::PushSession;
use domain::workspace::web_push::PushDevice;
use domain::{LoginId, SessionId, UserId};
use serde_json::{Value, json};

fn user(scene: &Scene, name: &str) -> UserId {
    UserId::derived(scene.stage.ports.clock().now(), &[name])
}

#[tokio::test]
async fn notifications_of_a_batch_are_ordered_together_for_each_user_with_a_device() {
    let scene = Scene::new().await;
    let (ada, bob) = (user(&scene, "ada"), user(&scene, "bob"));
    scene.notify("before", NotificationKind::Reply, None).await;
    assert_eq!(scene.project(&scene.stage.stream()).await, all_done());
    assert_eq!(scene.stage.messages(Queue::Enrolments), Vec::<Value>::new(), "no user has a device");

    let now = scene.stage.ports.clock().now();
    for number in 0..2 {
        let (login, session) = (LoginId::derived(now, &["ada"]), SessionId::derived(now, &["ada"]));
        let device = PushDevice {
            workspace: scene.workspace.clone(),
            id: format!("device{number}"),
            of: PushSession { login, session, user: ada.clone() },
            name: None,
            sealed: String::new(),
            server_key: String::new(),
            added_at: now,
        };
        scene.stage.ports.push_devices().put_device(&device).await.unwrap();
    }
    let from = scene.stage.stream().len();
    let all = scene.notify("for all", NotificationKind::Reply, None).await;
    scene.notify("for bob", NotificationKind::Reply, Some(bob)).await;
    let own = scene.notify("for ada", NotificationKind::Reply, Some(ada.clone())).await;
    assert_eq!(scene.project(&scene.stage.stream()[from..]).await, all_done());
    let told = json!([{"id": all}, {"user": ada, "id": own}]);
    let order = json!({"do": "push_notifications", "workspace": scene.workspace, "user": ada, "told": told, "tries": 0});
    assert_eq!(scene.stage.messages(Queue::Enrolments), [order]);
}
