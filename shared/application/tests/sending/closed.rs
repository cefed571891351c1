//! A number or an address that is dead closes its channel; where the workspace allows it, the others go on.

use super::scene::{World, refused};
use application::{Clock, Ports};
use domain::StepId;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::suppression::{Endings, Ends};
use domain::message::MessageState;
use domain::sequence::Step;
use domain::sequence::step_kind::{StepKind, StepTask};
use domain::time::delay::Delay;

pub(super) fn id(name: &str) -> StepId {
    StepId::derived(jiff::Timestamp::UNIX_EPOCH, &[name])
}

fn step(name: &str, kind: StepKind) -> Step {
    Step { id: id(name), delay: Delay::NONE, not_before: None, not_after: None, kind }
}

pub(super) fn text(name: &str) -> Step {
    step(name, StepKind::Sms { body: "Hello".to_owned(), template: None, variants: Vec::new() })
}

fn task() -> Step {
    let (title, body) = ("Visit them".to_owned(), String::new());
    step("visit", StepKind::Task { task: StepTask::Generic, title, body })
}

impl World {
    async fn endings(&self, endings: Endings) {
        let mut workspace = self.ports().workspaces().get(&self.workspace).await.unwrap();
        workspace.endings = endings;
        let event = Event::system(EventKind::SettingsChanged, self.stage.clock.now());
        self.ports().workspaces().save(&workspace, &event).await.unwrap();
    }
}

/// Twilio answers that the lead has written STOP, which only Twilio knows.
const STOPPED: u32 = 21_610;

async fn opted_out(steps: Vec<Step>, text_stop: Ends) -> World {
    let world = World::with_steps(steps).await;
    world.endings(Endings { text_stop, ..Endings::default() }).await;
    world.provider(|| Ok(refused(400, STOPPED)));
    world.ask_and_run().await;
    assert_eq!(world.message_of(&id("first")).await.unwrap().state, MessageState::Failed);
    world
}

#[tokio::test]
async fn stop_by_text_ends_everything_or_the_channel_as_the_workspace_chose() {
    let world = opted_out(vec![text("first"), task()], Ends::Everything).await;
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::OptedOut });
    let world = opted_out(vec![text("first"), text("second"), task()], Ends::Channel).await;
    for _ in 0..3 {
        world.pass(60);
        world.run_due().await;
    }
    let enrolment = world.enrolment().await;
    assert_eq!(
        (enrolment.step().clone(), enrolment.state().clone()),
        (Some(id("visit")), EnrolmentState::WaitingTask)
    );
    assert_eq!(world.calls(), 1, "the second text is left out");
}

#[tokio::test]
async fn enrolment_ends_with_its_last_channel() {
    let world = opted_out(vec![text("first"), text("second")], Ends::Channel).await;
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::OptedOut });
    assert!(world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap().active.is_empty());
}

/// Its sender dies once the number is listed, and tells no more.
async fn listed_and_died(endings: Endings) -> World {
    let world = World::with_steps(vec![text("first"), text("second"), task()]).await;
    world.endings(endings).await;
    world.provider(|| Ok(refused(400, STOPPED)));
    world.ask().await;
    world.run_and_die_after("address_suppressed").await;
    world.pass(130);
    world.ask_and_run().await;
    for _ in 0..3 {
        world.pass(60);
        world.run_due().await;
    }
    assert_eq!(world.calls(), 1);
    world
}

#[tokio::test]
async fn refusal_after_a_crash_ends_or_continues_as_the_workspace_chose() {
    let goes_on = listed_and_died(Endings { bounce: Ends::Everything, text_stop: Ends::Channel }).await;
    assert_eq!(*goes_on.enrolment().await.state(), EnrolmentState::WaitingTask);
    let ended = listed_and_died(Endings { bounce: Ends::Channel, text_stop: Ends::Everything }).await;
    assert_eq!(*ended.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::OptedOut });
}
