use std::time::Duration;

use super::*;

/// A queue `send` with these messages, which become dead letters after `max_receives`.
fn queue(max_receives: u32, bodies: &[&str]) -> (LocalCloud, Arc<Hands>) {
    let (cloud, clock) = cloud();
    cloud.create_queue("send-dead", &[]).unwrap();
    let policy = crate::redrive_attribute(&crate::names::queue_arn("send-dead"), max_receives);
    cloud.create_queue("send", &[("RedrivePolicy", &policy), ("VisibilityTimeout", "60")]).unwrap();
    for body in bodies {
        send(&cloud, body);
    }
    (cloud, clock)
}

fn send(cloud: &LocalCloud, body: &str) {
    let request = serde_json::json!({ "QueueUrl": crate::names::queue_url("send"), "MessageBody": body });
    cloud.queues().execute("SendMessage", request.to_string().as_bytes(), None).answer.unwrap();
}

fn receive(cloud: &LocalCloud, queue: &str) -> Vec<(String, u32)> {
    let messages = cloud.queues().receive(queue, 10, None).unwrap();
    messages.into_iter().map(|m| (m.body.clone(), m.receive_count())).collect()
}

#[test]
fn poison_message_becomes_a_dead_letter_and_blocks_nothing() {
    let (cloud, clock) = queue(3, &["poison", "good"]);
    for round in 1..=3 {
        let messages = cloud.queues().receive("send", 10, None).unwrap();
        assert_eq!(messages[0].receive_count(), round);
        let good: Vec<&str> =
            messages.iter().filter(|m| m.body == "good").map(|m| m.receipt_handle.as_str()).collect();
        cloud.queues().delete("send", &good).unwrap();
        clock.advance(60);
    }
    send(&cloud, "next");
    assert_eq!(receive(&cloud, "send"), [("next".to_owned(), 1)]);
    assert_eq!(cloud.queues().depth("send-dead").unwrap().visible, 1);
    assert_eq!(receive(&cloud, "send-dead")[0].0, "poison");
}

#[test]
fn next_visible_time_is_reported() {
    let (cloud, clock) = queue(3, &["a"]);
    let next = |cloud: &LocalCloud| {
        let next = cloud.queues().next_visible_at(&["send", "unknown"]).unwrap();
        next.map(|at| at.duration_since(cloud.clock().now()).as_secs())
    };
    assert_eq!(next(&cloud), Some(0));
    let message = cloud.queues().receive("send", 10, None).unwrap().remove(0);
    assert_eq!(next(&cloud), Some(60));
    cloud.queues().change_visibility("send", &message.receipt_handle, Duration::from_secs(8)).unwrap();
    assert_eq!(next(&cloud), Some(8));
    clock.advance(8);
    let message = cloud.queues().receive("send", 10, None).unwrap().remove(0);
    cloud.queues().delete("send", &[&message.receipt_handle]).unwrap();
    assert_eq!(next(&cloud), None);
}

#[test]
fn queue_depth_includes_the_age_of_the_oldest_message() {
    let (cloud, clock) = queue(3, &["a"]);
    clock.advance(30);
    send(&cloud, "b");
    clock.advance(12);
    let depth = cloud.queues().depth("send").unwrap();
    assert_eq!((depth.total(), depth.age_of_oldest), (2, Some(Duration::from_secs(42))));
}

#[test]
fn message_is_deleted_after_its_retention() {
    let (cloud, clock) = queue(3, &["a"]);
    clock.advance(345_600);
    send(&cloud, "b");
    assert_eq!(cloud.queues().depth("send").unwrap().total(), 1);
    assert_eq!(receive(&cloud, "send"), [("b".to_owned(), 1)]);
    assert_eq!(cloud.queues().drop_expired().unwrap(), 0);
}

#[test]
fn polls_that_deliver_messages_are_counted() {
    let (cloud, _) = queue(3, &["a", "b"]);
    receive(&cloud, "send");
    receive(&cloud, "send");
    let used = cloud.ledger().snapshot().by_principal();
    assert_eq!(used["event_source_mapping"].requests, 1, "a poll that finds nothing is idle cost");
}

#[test]
fn message_ids_are_the_same_in_every_run() {
    let ids = || {
        let (cloud, _) = queue(3, &["a", "b"]);
        let messages = cloud.queues().receive("send", 10, None).unwrap();
        messages.into_iter().map(|m| m.message_id).collect::<Vec<_>>()
    };
    let first = ids();
    assert_eq!(first, ids());
    assert_ne!(first[0], first[1]);
}

#[tokio::test]
async fn activity_is_signalled_by_writes_only() {
    let (cloud, _) = queue(3, &[]);
    let url = crate::names::queue_url("send");
    let mut activity = cloud.activity();
    let sqs = sqs(&cloud);
    sqs.get_queue_url().queue_name("send").send().await.unwrap();
    assert!(!activity.has_changed().unwrap());
    sqs.send_message().queue_url(&url).message_body("x").send().await.unwrap();
    assert!(activity.has_changed().unwrap());
    activity.mark_unchanged();
}

fn send_of(cloud: &LocalCloud, group: &str, body: &str) -> Result<(), crate::wire::ServiceError> {
    let request = serde_json::json!({
        "QueueUrl": crate::names::queue_url("send"), "MessageBody": body, "MessageGroupId": group,
    });
    cloud.queues().execute("SendMessage", request.to_string().as_bytes(), None).answer.map(drop)
}

#[test]
fn group_with_many_messages_keeps_no_other_waiting() {
    let (cloud, _) = queue(3, &[]);
    for n in 0..40 {
        send_of(&cloud, "noisy", &format!("noisy {n}")).unwrap();
    }
    send_of(&cloud, "quiet", "quiet").unwrap();
    let first: Vec<String> = receive(&cloud, "send").into_iter().map(|(body, _)| body).collect();
    assert!(first.contains(&"quiet".to_owned()), "{first:?}");
    send_of(&cloud, "quiet", "again").unwrap();
    let next = cloud.queues().receive("send", 1, None).unwrap();
    assert_eq!(next[0].body, "again", "nine of the noisy group are in flight");
}

#[test]
fn group_is_told_and_survives_the_dead_letters() {
    let (cloud, clock) = queue(1, &[]);
    send_of(&cloud, "ws_1", "one").unwrap();
    let told = |queue: &str| {
        let message = cloud.queues().receive(queue, 1, None).unwrap().remove(0);
        message.attributes.get("MessageGroupId").cloned()
    };
    assert_eq!(told("send").as_deref(), Some("ws_1"));
    clock.advance(60);
    assert_eq!(receive(&cloud, "send"), []);
    let task = serde_json::json!({ "SourceArn": crate::names::queue_arn("send-dead") });
    cloud.queues().execute("StartMessageMoveTask", task.to_string().as_bytes(), None).answer.unwrap();
    assert_eq!(told("send").as_deref(), Some("ws_1"), "a redriven message has its group");
}

#[test]
fn group_that_the_real_service_refuses_is_refused() {
    let (cloud, _) = queue(3, &[]);
    for group in ["", "two words", "ä", &"x".repeat(129)] {
        assert!(send_of(&cloud, group, "one").is_err(), "{group:?}");
    }
}
