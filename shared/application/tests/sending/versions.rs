//! A sequence changes while somebody is in it: they go on with the other version, and no step comes twice.

use super::scene::{World, accepted};
use application::campaign::rollout::roll_out_page;
use application::queue_messages::Sweep;
use application::{Clock, Ports};
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::message::MessageState;
use domain::sequence::Step;
use domain::sequence::rollout::{People, Rollout, StepMapping};
use domain::sequence::step_kind::StepKind;
use domain::time::delay::{Delay, DelayUnit};
use domain::{RolloutId, StepId, UserId};

const DAY: i64 = 24 * 3600;

fn id(name: &str) -> StepId {
    StepId::derived(jiff::Timestamp::UNIX_EPOCH, &[name])
}

fn text(name: &str) -> Step {
    let kind = StepKind::Sms { body: format!("This is the {name}."), template: None, variants: Vec::new() };
    let delay = Delay { amount: 1, unit: DelayUnit::WorkingDays };
    Step { id: id(name), delay, not_before: None, not_after: None, kind }
}

impl World {
    async fn texts(names: &[&str]) -> Self {
        let mut steps: Vec<Step> = names.iter().map(|name| text(name)).collect();
        steps[0].delay.amount = 0;
        Self::with_steps(steps).await
    }

    /// The sequence has these steps from now on, and everybody in it is brought there.
    async fn roll_out(&self, names: &[&str], people: People) {
        let (rollout, ports) = (self.order(names, people).await, self.ports());
        let enrolling = application::campaign::enrol_ports::EnrolPorts::new(ports);
        let which = (&self.workspace, &rollout.sequence, &rollout.id);
        for list in 0..3 {
            let sweep = Sweep { list, ..Sweep::default() };
            roll_out_page(&enrolling, &*ports.campaigns(), &*ports.outbox(), which, sweep).await.unwrap();
        }
    }

    /// No lead is moved there yet.
    async fn order(&self, names: &[&str], people: People) -> Rollout {
        let ports = self.ports();
        let enrolment = self.enrolment().await;
        let sequence = ports.sequences().get(&self.workspace, enrolment.sequence()).await.unwrap();
        let steps = names.iter().map(|name| text(name)).collect();
        let newer = self.stage.steps(&sequence, steps).await;
        let now = self.stage.clock.now();
        let rollout = Rollout {
            id: RolloutId::derived(now, &[&newer.version.to_string()]),
            workspace: self.workspace.clone(),
            sequence: sequence.id,
            version: newer.version,
            people,
            mapping: StepMapping::default(),
            campaigns: vec![self.key.campaign.clone()],
            under_way: 1,
            by: UserId::derived(now, &["ada"]),
            ordered_at: now,
            finished_at: None,
            rev: 0,
        };
        ports
            .sequences()
            .save_rollout(&rollout, &Event::system(EventKind::RolloutOrdered, now))
            .await
            .unwrap();
        rollout
    }

    /// The days go by, and what falls due on them is done.
    async fn live_days(&self, days: i64) {
        for _ in 0..days * 4 {
            self.pass(DAY / 4);
            self.run_due().await;
        }
    }

    async fn sent(&self) -> Vec<String> {
        let file = self.ports().leads().file(&self.workspace, &self.key.lead).await.unwrap();
        let mut sent: Vec<_> = file.messages.into_iter().filter(|it| it.accepted_at.is_some()).collect();
        sent.sort_by_key(|message| message.accepted_at);
        sent.into_iter().map(|message| message.text).collect()
    }
}

#[tokio::test]
async fn lead_moved_to_another_order_gets_each_step_once() {
    let world = World::texts(&["first", "second", "third"]).await;
    world.ask_and_run().await;
    world.roll_out(&["third", "second", "new", "first"], People::Now).await;
    let moved = world.enrolment().await;
    assert_eq!((moved.step().clone(), moved.generation()), (Some(id("second")), 2));
    // What was planned for them before is void.
    world.ask_turn(1).await;
    world.run().await;
    assert_eq!(world.calls(), 1);
    world.live_days(12).await;
    let texts = ["This is the first.", "This is the second.", "This is the new."];
    assert_eq!(world.sent().await, texts);
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::Finished });
}

#[tokio::test]
async fn lead_moved_back_gets_no_step_again() {
    let world = World::texts(&["first", "second", "third"]).await;
    world.ask_and_run().await;
    world.live_days(5).await;
    assert_eq!(world.calls(), 3);
    let again = World::texts(&["first", "second", "third"]).await;
    again.ask_and_run().await;
    again.roll_out(&["second", "first", "third"], People::Now).await;
    again.pass(3600);
    again.roll_out(&["second", "first", "second_too", "third"], People::Now).await;
    again.live_days(14).await;
    let expected = ["first", "second", "second_too", "third"].map(|name| format!("This is the {name}."));
    assert_eq!(again.sent().await, expected);
}

#[tokio::test]
async fn lead_bound_for_the_next_step_finishes_the_present_one_first() {
    let world = World::texts(&["first", "second", "third"]).await;
    world.roll_out(&["first", "inserted", "third"], People::NextStep).await;
    let bound = world.enrolment().await;
    let newest = bound.pending_transfer().unwrap().to;
    assert_eq!((bound.version() + 1, bound.generation()), (newest, 0));
    world.ask_and_run().await;
    let there = world.enrolment().await;
    assert_eq!((there.version(), there.step()), (newest, &Some(id("inserted"))));
    world.live_days(8).await;
    let expected = ["first", "inserted", "third"].map(|name| format!("This is the {name}."));
    assert_eq!(world.sent().await, expected);
}

/// The claim has expired by a clock that is minutes ahead.
#[tokio::test]
async fn lead_bound_elsewhere_during_a_send_goes_there_from_it() {
    let world = World::texts(&["first", "second", "third"]).await;
    world.roll_out(&["first", "third"], People::NextStep).await;
    world.pass(1);
    let rollout = world.order(&["first", "inserted", "third"], People::NextStep).await;
    let (enrolments, key) = (world.ports().enrolments(), world.key.clone());
    let (ahead, newest) = (world.stage.clock.now() + jiff::SignedDuration::from_mins(4), rollout.version);
    world.just_before("step_done", async move {
        let mut enrolment = enrolments.get(&key).await.unwrap();
        enrolment.transfer_later(&rollout.id, rollout.version, ahead).unwrap();
        enrolments.save(&enrolment, &Event::system(EventKind::EnrolmentBound, ahead)).await.unwrap();
    });
    world.ask_and_run().await;
    world.pass(180);
    world.run_due().await;
    let there = world.enrolment().await;
    assert_eq!((there.version(), there.step()), (newest, &Some(id("inserted"))));
    world.live_days(8).await;
    let expected = ["first", "inserted", "third"].map(|name| format!("This is the {name}."));
    assert_eq!(world.sent().await, expected);
}

#[tokio::test]
async fn uncertain_message_is_settled_on_the_old_version_first() {
    let world = World::texts(&["first", "second"]).await;
    world.ask_and_die_after_the_call().await;
    world.pass(200);
    world.ask_and_run().await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
    let before = world.enrolment().await;
    world.roll_out(&["second", "first", "third"], People::Now).await;
    let bound = world.enrolment().await;
    assert_eq!(
        (bound.version(), bound.state(), bound.generation()),
        (before.version(), before.state(), before.generation())
    );
    let settle = application::sending::uncertain::SettlePorts::new(world.ports());
    let id_ = world.message().await.unwrap().id;
    let actor = domain::event::Actor::System;
    let now = world.stage.clock.now();
    application::sending::uncertain::record_sent(&settle, &world.workspace, &id_, actor, now).await.unwrap();
    let there = world.enrolment().await;
    assert_eq!((there.version(), there.step().clone()), (before.version() + 1, Some(id("third"))));
    world.provider(|| Ok(accepted()));
    world.live_days(6).await;
    assert_eq!(world.sent().await.last().unwrap(), "This is the third.");
    assert!(!world.sent().await.contains(&"This is the second.".to_owned()));
}
