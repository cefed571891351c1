//! Between the plan and the call some seconds pass: what is over by then is not sent.

use super::scene::World;
use application::Clock;
use domain::enrolment::EnrolmentState;
use jiff::SignedDuration;
use local_cloud::Moment;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Three seconds before its window closes, on a Friday.
async fn late_on_friday() -> World {
    let world = World::new().await;
    world.stage.clock.advance_to("2026-11-20T16:59:57Z".parse().unwrap());
    world
}

impl World {
    /// So many seconds pass at the first write that says these words.
    pub fn slow(&self, moment: Moment, words: &'static str, seconds: i64) {
        let (clock, first) = (self.stage.clock.clone(), AtomicBool::new(true));
        self.stage.cloud.faults().hold_up(move |when, call| {
            let is_it = when == moment && String::from_utf8_lossy(call.body).contains(words);
            if !is_it || !first.swap(false, Ordering::Relaxed) {
                return None;
            }
            let clock = clock.clone();
            Some(Box::pin(async move { clock.advance_to(clock.now() + SignedDuration::from_secs(seconds)) }))
        });
    }

    async fn waits_for_monday(&self) {
        self.pass(2);
        self.run().await;
        assert_eq!(self.calls(), 0);
        let enrolment = self.enrolment().await;
        assert_eq!((enrolment.generation(), enrolment.state().clone()), (0, EnrolmentState::Scheduled));
        let due = enrolment.due().unwrap().to_string();
        assert!(due.starts_with("2026-11-23T09:0"), "{due}");
        assert!(self.message().await.is_none(), "nothing was tried");
        self.stage.clock.advance_to("2026-11-23T10:00:00Z".parse().unwrap());
        self.run_due().await;
        assert_eq!((self.calls(), self.enrolment().await.generation()), (1, 1));
    }
}

#[tokio::test]
async fn window_that_closes_before_the_claim_prevents_it() {
    let world = late_on_friday().await;
    world.slow(Moment::Before, "BREAKERS", 4);
    world.ask_and_run().await;
    world.waits_for_monday().await;
}

#[tokio::test]
async fn window_that_closes_after_the_claim_prevents_the_call() {
    for moment in [Moment::Before, Moment::After] {
        let world = late_on_friday().await;
        world.slow(moment, "step_claimed", 4);
        world.ask_and_run().await;
        world.waits_for_monday().await;
    }
}

/// It stands still before its claim, and what it reads anew after that takes six seconds to come.
#[tokio::test]
async fn slow_reads_permit_no_call() {
    let world = World::new().await;
    let (clock, looks) = (world.stage.clock.clone(), AtomicUsize::new(0));
    world.stage.cloud.faults().hold_up(move |moment, call| {
        let claims = String::from_utf8_lossy(call.body).contains("step_claimed");
        let seconds = match (moment, looks.load(Ordering::Relaxed)) {
            (Moment::Before, 0) if claims => 10,
            (Moment::After, 1) if !claims => 6,
            _ => return None,
        };
        looks.fetch_add(1, Ordering::Relaxed);
        clock.advance_to(clock.now() + SignedDuration::from_secs(seconds));
        None
    });
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    world.pass(2);
    world.run().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1), "it is planned anew");
}
