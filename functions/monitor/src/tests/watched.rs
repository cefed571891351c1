//! What the monitor finds beside its work fails its run, so that the alarm on its errors goes off.

use super::{Scene, look_three_times};
use crate::handler;
use application::Ports;
use application::ports::schedules::Schedule;
use application::queue_messages::Queue;
use jiff::SignedDuration;
use serde_json::json;

impl Scene {
    /// Lets the schedule fire; returns what it failed with.
    async fn fire(&self) -> Option<String> {
        self.project().await;
        let run = handler(&self.stage.ports)(json!({ "source": "aws.scheduler" })).await;
        run.err().map(|error| error.to_string())
    }

    fn bury(&self, queue: Queue) {
        self.stage
            .cloud
            .queues()
            .send(&format!("test-{}-dead", queue.as_str()), "no message of ours")
            .unwrap();
    }
}

#[tokio::test]
async fn run_with_dead_letters_does_its_work_is_noted_and_fails_by_their_queues() {
    let scene = Scene::new().await;
    assert_eq!(scene.fire().await, None);
    scene.stage.advance(SignedDuration::from_mins(15));
    scene.lead("ann", look_three_times).await;
    for queue in [Queue::Send, Queue::Folds, Queue::Folds] {
        scene.bury(queue);
    }
    assert_eq!(scene.fire().await.unwrap(), "1 dead letter of send; 2 dead letters of folds");
    assert_eq!(scene.alerts().await, ["ann@one.example turned hot"]);
    let runs = scene.stage.ports.schedules().runs(Schedule::Monitor).await.unwrap().unwrap();
    assert_eq!(runs.last, scene.stage.ports.clock().now(), "the self-check must not take it for dead");
}

#[tokio::test]
async fn dead_letters_of_each_queue_are_seen() {
    for queue in Queue::ALL {
        let scene = Scene::new().await;
        scene.bury(queue);
        assert_eq!(scene.fire().await.unwrap(), format!("1 dead letter of {}", queue.as_str()));
    }
}

#[tokio::test]
async fn nightly_run_that_did_not_end_is_told_an_hour_after_the_next_was_due() {
    let scene = Scene::new().await;
    let (ports, begun) = (&scene.stage.ports, scene.stage.ports.clock().now());
    assert_eq!(scene.fire().await, None, "a new installation has had no night yet");
    scene.stage.advance(SignedDuration::from_hours(25));
    assert_eq!(scene.fire().await, None);
    scene.stage.advance(SignedDuration::from_mins(15));
    assert_eq!(scene.fire().await.unwrap(), format!("no run of nightly has ended since {begun}"));
    let ended = ports.clock().now();
    ports.schedules().note_run(Schedule::Nightly, ended).await.unwrap();
    assert_eq!(scene.fire().await, None);
    scene.stage.advance(SignedDuration::from_hours(26));
    assert_eq!(scene.fire().await.unwrap(), format!("no run of nightly has ended since {ended}"));
}
