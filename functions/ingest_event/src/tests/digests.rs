//! A digest that is stopped by the link of one.

use application::Ports;
use application::queue_messages::{IngestEvent, Queue};
use domain::workspace::digest::USUAL_HOUR;
use test_stage::Stage;

#[tokio::test]
async fn stop_of_a_digest_switches_it_off_for_its_user_alone() {
    let stage = Stage::new().await;
    let (workspace, user) = stage.workspace("northquay").await;
    let (_, colleague) = stage.workspace("harbour").await;
    let at = stage.ports.clock().now();
    for _ in 0..2 {
        let event = IngestEvent::DigestStopped { workspace: workspace.clone(), user: user.clone(), at };
        application::ports::outbox::send_all(&*stage.ports.outbox(), &[event], 0).await.unwrap();
        assert_eq!(stage.drain(Queue::Inbound, &crate::handler(&stage.ports)).await, 1);
    }
    let digests = stage.ports.digests();
    let stopped = digests.settings(&workspace, &user).await.unwrap();
    assert_eq!((stopped.hour, stopped.rev), (None, 1), "a repeat changes nothing");
    assert_eq!(digests.settings(&workspace, &colleague).await.unwrap().hour, Some(USUAL_HOUR));
}
