//! Steps that send nothing: what a person does, and where a branch leads.

use super::scene::World;
use application::tasks::close_task::{TaskPorts, close_task};
use application::{Clock, Ports};
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::event::{Event, EventKind};
use domain::message::MessageState;
use domain::sequence::Step;
use domain::sequence::condition::Condition;
use domain::sequence::step_kind::{StepKind, StepTask};
use domain::time::delay::{Delay, DelayUnit};
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{StepId, TaskId};
use local_cloud::{Fault, Moment};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

fn id(name: &str) -> StepId {
    StepId::derived(jiff::Timestamp::UNIX_EPOCH, &[name])
}

fn step(name: &str, days: u32, kind: StepKind) -> Step {
    let delay = Delay { amount: days, unit: DelayUnit::Days };
    Step { id: id(name), delay, not_before: None, not_after: None, kind }
}

fn text(name: &str, days: u32) -> Step {
    step(
        name,
        days,
        StepKind::Sms { body: format!("This is the {name}."), template: None, variants: Vec::new() },
    )
}

fn chat() -> Step {
    let (title, body) =
        ("Write to {{ first_name }}".to_owned(), "Hi {{ first_name }}, 5 minutes?".to_owned());
    step("chat", 0, StepKind::Task { task: StepTask::Whatsapp, title, body })
}

impl World {
    async fn task(&self) -> Option<Task> {
        let id = TaskId::for_step(&self.key.lead, &self.key.campaign, &id("chat"));
        self.ports().tasks().get(&self.workspace, &id).await.ok()
    }

    async fn close(&self, outcome: TaskOutcome) {
        let mut task = self.task().await.unwrap();
        let now = self.stage.clock.now();
        task.close(outcome, now);
        close_task(&TaskPorts::new(self.ports()), &task, &Event::system(EventKind::TaskDone, now))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn task_is_opened_once_and_the_next_delay_counts_from_its_end() {
    let world = World::with_steps(vec![chat(), text("second", 2)]).await;
    for _ in 0..3 {
        world.ask_and_run().await;
    }
    assert_eq!(world.tasks().await, ["Write to Ann"]);
    let task = world.task().await.unwrap();
    assert_eq!(task.link.as_deref(), Some("https://wa.me/12065550101?text=Hi%20Ann%2C%205%20minutes%3F"));
    let enrolment = world.enrolment().await;
    assert_eq!(
        (enrolment.state().clone(), enrolment.due(), enrolment.generation()),
        (EnrolmentState::WaitingTask, None, 0)
    );
    // Nine days later; 2026-11-20 is a Friday.
    world.pass(9 * 24 * 3600);
    world.ask_and_run().await;
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::WaitingTask);
    let done = world.stage.clock.now();
    world.close(TaskOutcome::Connected).await;
    let enrolment = world.enrolment().await;
    assert_eq!(
        (enrolment.state().clone(), enrolment.generation(), enrolment.anchor()),
        (EnrolmentState::Scheduled, 1, done)
    );
    let due = enrolment.due().unwrap().to_string();
    assert!(due.starts_with("2026-12-01T"), "two days after a Sunday: {due}");
    assert_eq!(world.calls(), 0);
}

#[tokio::test]
async fn reply_or_removal_closes_the_open_task() {
    let world = World::with_steps(vec![chat(), text("second", 2)]).await;
    world.ask_and_run().await;
    let event = Event::system(EventKind::LeadReplied, world.stage.clock.now());
    let stores = world.ports().enrolments();
    stores.stop(&world.workspace, &world.key.lead, EndReason::Replied, &event).await.unwrap();
    let task = world.task().await.unwrap();
    assert_eq!((task.done_at, task.outcome), (Some(event.at), Some(TaskOutcome::Cancelled)));
    assert!(world.tasks().await.is_empty());
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::Replied });

    let other = World::with_steps(vec![chat()]).await;
    other.ask_and_run().await;
    let mut enrolment = other.enrolment().await;
    enrolment.end(EndReason::Removed, event.at);
    other.ports().enrolments().finish(&enrolment, None, &event).await.unwrap();
    assert_eq!(other.task().await.unwrap().outcome, Some(TaskOutcome::Cancelled));
}

#[tokio::test]
async fn meeting_booked_by_phone_ends_the_enrolment() {
    let world = World::with_steps(vec![chat(), text("second", 2)]).await;
    world.ask_and_run().await;
    world.close(TaskOutcome::Booked).await;
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::Booked });
    assert_eq!(world.task().await.unwrap().outcome, Some(TaskOutcome::Booked));
}

/// Cut off at every call of the consumer and of the one who closes the task: one task, and the sequence goes on.
#[tokio::test]
async fn task_survives_a_crash_at_any_call_once() {
    let mut cut = 0;
    loop {
        let world = World::with_steps(vec![chat(), text("second", 2)]).await;
        let (calls, armed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (counted, struck) = (calls.clone(), armed.clone());
        world.stage.cloud.faults().inject(move |moment, _| {
            let counts = moment == Moment::Before && struck.load(Ordering::Relaxed);
            let hit = counts && counted.fetch_add(1, Ordering::Relaxed) == cut;
            hit.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
        });
        world.ask().await;
        armed.store(true, Ordering::Relaxed);
        world.run().await;
        armed.store(false, Ordering::Relaxed);
        // The queue shows again what failed.
        world.pass(120);
        world.run().await;
        assert_eq!(world.tasks().await, ["Write to Ann"], "cut {cut}");
        assert_eq!(*world.enrolment().await.state(), EnrolmentState::WaitingTask, "cut {cut}");

        let mut closed = world.task().await.unwrap();
        let done = world.stage.clock.now();
        closed.close(TaskOutcome::Done, done);
        let (ports, event) = (TaskPorts::new(world.ports()), Event::system(EventKind::TaskDone, done));
        armed.store(true, Ordering::Relaxed);
        let saved = close_task(&ports, &closed, &event).await;
        armed.store(false, Ordering::Relaxed);
        if saved.is_err() && world.task().await.unwrap().done_at.is_none() {
            close_task(&ports, &closed, &event).await.unwrap();
        }
        // Nobody repeats a close that was written: the reminder finds it.
        world.pass(180);
        world.run_due().await;
        let enrolment = world.enrolment().await;
        assert_eq!((enrolment.generation(), enrolment.state()), (1, &EnrolmentState::Scheduled), "cut {cut}");
        assert_eq!(enrolment.anchor(), done, "cut {cut}");
        if calls.load(Ordering::Relaxed) <= cut {
            break;
        }
        cut += 1;
    }
    assert!(cut > 12, "{cut}");
}

/// The task was there to be closed while the one who opened it had not written down yet that it is waited for.
#[tokio::test]
async fn task_closed_before_it_is_awaited_is_not_awaited() {
    let world = World::with_steps(vec![chat(), text("second", 2)]).await;
    let mut enrolment = world.enrolment().await;
    let lead = world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap();
    let now = world.stage.clock.now();
    let id = TaskId::for_step(&lead.id, &world.key.campaign, &id("chat"));
    let mut task = Task::about(&lead, id.clone(), TaskKind::Whatsapp, "Write".to_owned(), now);
    task.campaign = Some(world.key.campaign.clone());
    let event = Event::system(EventKind::LeadChanged, now);
    world.ports().tasks().save(&task, &event).await.unwrap();
    world.close(TaskOutcome::Connected).await;
    enrolment.wait_for(id).unwrap();
    world.ports().enrolments().save(&enrolment, &event).await.unwrap();
    world.pass(180);
    world.run_due().await;
    let enrolment = world.enrolment().await;
    assert_eq!(
        (enrolment.state().clone(), enrolment.generation(), enrolment.anchor()),
        (EnrolmentState::Scheduled, 1, now)
    );
}

/// A lead that replied while the task was being written is not called any more.
#[tokio::test]
async fn stop_before_a_task_is_opened_leaves_no_task() {
    let world = World::with_steps(vec![chat(), text("second", 2)]).await;
    world.overtaken("task_created", false);
    world.ask_and_run().await;
    world.pass(120);
    world.run().await;
    assert!(world.task().await.is_none());
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::Removed });
    assert_eq!(world.stage.cloud.queues().depth("test-send").unwrap().total(), 0);
}

/// A hold does not close the task, and who goes on waits for it again.
#[tokio::test]
async fn held_enrolment_keeps_its_task() {
    let world = World::with_steps(vec![chat(), text("second", 2)]).await;
    world.ask_and_run().await;
    let (mut enrolment, now) = (world.enrolment().await, world.stage.clock.now());
    enrolment.hold(HoldReason::PausedByUser, None, now).unwrap();
    let event = Event::system(EventKind::LeadChanged, now);
    let rev = world.ports().enrolments().save(&enrolment, &event).await.unwrap();
    enrolment.rebuild_with(|it| it.rev = rev);
    enrolment.resume(now).unwrap();
    world.ports().enrolments().save(&enrolment, &event).await.unwrap();
    world.ask_and_run().await;
    assert_eq!(world.tasks().await, ["Write to Ann"]);
    let enrolment = world.enrolment().await;
    assert_eq!(
        (enrolment.state().clone(), enrolment.task().clone()),
        (EnrolmentState::WaitingTask, Some(world.task().await.unwrap().id))
    );
}

/// A refusal by phone is never on record while the sequences continue.
#[tokio::test]
async fn refusal_by_phone_stops_before_it_is_recorded_at_any_crash() {
    let mut cut = 0;
    loop {
        let world = World::with_steps(vec![chat(), text("second", 2)]).await;
        world.ask_and_run().await;
        let (ports, now) = (TaskPorts::new(world.ports()), world.stage.clock.now());
        let event = Event::system(EventKind::TaskDone, now);
        let mut task = world.task().await.unwrap();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        world.stage.cloud.faults().inject(move |moment, _| {
            let hit = moment == Moment::Before && counted.fetch_add(1, Ordering::Relaxed) == cut;
            hit.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
        });
        task.close(TaskOutcome::NotInterested, now);
        let closed = close_task(&ports, &task, &event).await;
        let made = calls.load(Ordering::Relaxed);
        calls.store(usize::MAX / 2, Ordering::Relaxed);
        let stopped = EnrolmentState::Ended { reason: EndReason::Replied };
        let mut task = world.task().await.unwrap();
        if task.outcome == Some(TaskOutcome::NotInterested) {
            assert_eq!(*world.enrolment().await.state(), stopped, "cut {cut}");
        } else {
            assert!(closed.is_err(), "cut {cut}");
            task.close(TaskOutcome::NotInterested, now);
            close_task(&ports, &task, &event).await.unwrap();
        }
        assert_eq!(*world.enrolment().await.state(), stopped, "cut {cut}");
        assert_eq!(world.task().await.unwrap().outcome, Some(TaskOutcome::NotInterested), "cut {cut}");
        if made <= cut {
            break;
        }
        cut += 1;
    }
    assert!(cut > 3, "{cut}");
}

#[tokio::test]
async fn branch_follows_what_the_lead_did_and_says_why() {
    let asks = StepKind::Branch { condition: Condition::Opened {}, yes: id("yes"), no: id("no") };
    let steps = || {
        vec![step("branch", 0, asks.clone()), text("yes", 0), step("end", 0, StepKind::End {}), text("no", 0)]
    };
    let world = World::with_steps(steps()).await;
    world.ask_and_run().await;
    let enrolment = world.enrolment().await;
    assert_eq!((enrolment.step().clone(), enrolment.generation()), (Some(id("no")), 1));
    world.run_due().await;
    assert_eq!(world.message_of(&id("no")).await.map(|message| message.state), Some(MessageState::Accepted));
    assert!(world.message_of(&id("yes")).await.is_none());
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::Finished });
}
