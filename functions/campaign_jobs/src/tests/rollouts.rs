//! Rollouts of a version to active enrolments: at once, at their next step, with a mapping; repeated, and
//! back.

use super::World;
use application::campaign::rollout::start_rollout;
use application::ports::stats::{Counters, Metric};
use application::queue_messages::Queue;
use application::{Clock, Ports, StoreError};
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::sequence::rollout::{People, Rollout, StepMapping, StepTarget};
use domain::sequence::{Sequence, Step};
use domain::{LeadId, RolloutId, StepId, TaskId, UserId};
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};
use std::time::Duration;
use test_stage::Stage;

struct Scene {
    world: World,
    sequence: Sequence,
    orders: std::cell::Cell<i64>,
}

impl Scene {
    /// Leads in an active campaign, all at the first of three steps.
    async fn new(people: usize) -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second", "third"]).await;
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        for n in 0..people {
            let lead = stage.lead(&workspace, &format!("lead{n}"), |_| {}).await;
            stage.enrolment(&campaign, &sequence, &lead.id).await;
        }
        let world = World { stage, workspace, campaign: campaign.id };
        Self { world, sequence, orders: std::cell::Cell::new(0) }
    }

    fn step(&self, name: &str) -> StepId {
        let at = self.sequence.steps.iter().position(|step| step.kind.headline() == name).unwrap();
        self.sequence.steps[at].id.clone()
    }

    /// Publishes a version with these of the steps, in this order.
    async fn version(&self, names: &[&str]) -> Sequence {
        let of = |name: &&str| self.sequence.steps.iter().find(|step| step.kind.headline() == *name).unwrap();
        let steps: Vec<Step> = names.iter().map(of).cloned().collect();
        let ports = self.world.ports();
        let latest = ports.sequences().get(&self.world.workspace, &self.sequence.id).await.unwrap();
        self.world.stage.steps(&latest, steps).await
    }

    async fn order(&self, version: u32, people: People, mapping: &[(&str, Option<&str>)]) -> Rollout {
        self.orders.set(self.orders.get() + 1);
        let at = self.world.stage.clock.now();
        let name = self.orders.get().to_string();
        let target = |to: &Option<&str>| to.map_or(StepTarget::Exit, |to| StepTarget::Step(self.step(to)));
        let mapping = mapping.iter().map(|(from, to)| (self.step(from), target(to))).collect();
        let later = at + SignedDuration::from_millis(self.orders.get());
        let rollout = Rollout {
            id: RolloutId::derived(later, &[&name]),
            workspace: self.world.workspace.clone(),
            sequence: self.sequence.id.clone(),
            version,
            people,
            mapping: StepMapping(mapping),
            campaigns: vec![self.world.campaign.clone()],
            under_way: 0,
            by: UserId::derived(at, &["ada"]),
            ordered_at: at,
            finished_at: None,
            rev: 0,
        };
        let event = Event::system(EventKind::RolloutOrdered, at);
        self.world.ports().sequences().save_rollout(&rollout, &event).await.unwrap();
        start_rollout(&*self.world.ports().outbox(), &rollout).await.unwrap();
        rollout
    }

    /// Runs the job until the queue is empty, sweep after sweep.
    async fn run(&self) {
        for _ in 0..6 {
            self.world.run().await;
            self.world.stage.advance(SignedDuration::from_secs(160));
        }
        assert!(self.world.stage.messages(Queue::Enrolments).is_empty());
    }

    fn key(&self, n: usize) -> EnrolmentKey {
        let at = self.sequence.created_at;
        EnrolmentKey {
            workspace: self.world.workspace.clone(),
            lead: LeadId::derived(at, &[&format!("lead{n}")]),
            campaign: self.world.campaign.clone(),
        }
    }

    async fn person(&self, n: usize) -> Enrolment {
        self.world.ports().enrolments().get(&self.key(n)).await.unwrap()
    }

    async fn change(&self, n: usize, change: impl FnOnce(&mut Enrolment)) {
        let mut enrolment = self.person(n).await;
        change(&mut enrolment);
        let event = Event::system(EventKind::LeadChanged, self.world.stage.clock.now());
        self.world.ports().enrolments().save(&enrolment, &event).await.unwrap();
    }

    async fn counted(&self, rollout: &Rollout) -> Counters {
        let ports = application::projection::stream::ProjectPorts::new(self.world.ports());
        application::projection::stream::project(&ports, "shard", &self.world.stage.stream()).await.unwrap();
        self.world.ports().stats().rollout(&self.world.workspace, &rollout.id).await.unwrap()
    }

    async fn stored(&self, rollout: &Rollout) -> Rollout {
        let sequences = self.world.ports().sequences();
        sequences.rollout(&self.world.workspace, &self.sequence.id, &rollout.id).await.unwrap()
    }
}

#[tokio::test]
async fn rollout_moves_every_lead_once_and_its_repeat_changes_nothing() {
    let scene = Scene::new(60).await;
    scene.version(&["second", "first", "third"]).await;
    let rollout = scene.order(2, People::Now, &[]).await;
    scene.run().await;
    for n in 0..60 {
        let moved = scene.person(n).await;
        assert_eq!((moved.version(), moved.step(), moved.generation()), (2, &Some(scene.step("first")), 1));
        assert_eq!(*moved.state(), EnrolmentState::Scheduled);
        assert!(moved.due().is_some());
    }
    assert!(scene.stored(&rollout).await.finished_at.is_some());
    assert_eq!(scene.counted(&rollout).await, Counters::from([(Metric::Transferred, 60)]));
    // Hints of the new generation are there for all of them.
    assert!(scene.world.due_hints().await >= 60);
    let campaign = scene.world.ports().campaigns().get(&scene.world.workspace, &scene.world.campaign).await;
    assert_eq!(campaign.unwrap().sequence_version, 2);
    start_rollout(&*scene.world.ports().outbox(), &rollout).await.unwrap();
    scene.run().await;
    assert_eq!(scene.person(7).await.generation(), 1);
    assert_eq!(scene.counted(&rollout).await, Counters::from([(Metric::Transferred, 60)]));
}

#[tokio::test]
async fn second_sweep_finds_leads_that_the_index_lists_late() {
    let scene = Scene::new(2).await;
    scene.version(&["second", "first", "third"]).await;
    scene.world.stage.cloud.faults().inject(|moment, call| {
        let lists = moment == Moment::Before && call.operation == "Query";
        lists.then_some(Fault::Behind(Duration::from_secs(5)))
    });
    let rollout = scene.order(2, People::Now, &[]).await;
    scene.world.run().await;
    scene.world.stage.cloud.faults().clear();
    assert_eq!(scene.person(0).await.version(), 1);
    scene.run().await;
    assert_eq!([scene.person(0).await.version(), scene.person(1).await.version()], [2, 2]);
    assert!(scene.stored(&rollout).await.finished_at.is_some());
}

#[tokio::test]
async fn rollout_waits_for_claimed_uncertain_and_task_steps() {
    let scene = Scene::new(5).await;
    let now = scene.world.stage.clock.now();
    scene
        .change(0, |it| {
            it.claim(&domain::enrolment::ClaimToken::new(1, "t"), now + SignedDuration::from_secs(120))
                .unwrap()
        })
        .await;
    let key = scene.key(1);
    let task = TaskId::for_step(&key.lead, &key.campaign, &scene.step("first"));
    scene.change(1, |it| it.wait_for(task).unwrap()).await;
    scene.change(2, |it| it.hold(HoldReason::Uncertain, None, now).unwrap()).await;
    let until = now + SignedDuration::from_hours(90);
    scene.change(3, |it| it.hold(HoldReason::OutOfOffice, Some(until), now).unwrap()).await;
    scene.version(&["second", "first"]).await;
    let rollout = scene.order(2, People::Now, &[("third", None)]).await;
    scene.world.run().await;
    for n in [0, 1, 2] {
        assert_eq!(scene.person(n).await.version(), 1, "{n}");
    }
    assert!(scene.person(0).await.transfer().is_none());
    let away = scene.person(3).await;
    assert_eq!((away.version(), away.due()), (2, Some(until)));
    assert_eq!(*away.state(), EnrolmentState::Held { reason: HoldReason::OutOfOffice, until: Some(until) });
    assert_eq!(scene.person(4).await.version(), 2);
    assert!(scene.stored(&rollout).await.finished_at.is_none());
    // The send is over: a later sweep finds the enrolment at the next step.
    let second = scene.step("second");
    scene.change(0, |it| it.advance(now, Some(second.clone()), Some(until))).await;
    scene.run().await;
    let sent = scene.person(0).await;
    assert_eq!((sent.version(), sent.step().clone()), (2, Some(second)));
    assert!(scene.stored(&rollout).await.finished_at.is_some());
    let bound = Counters::from([(Metric::Transferred, 3), (Metric::BoundFor, 2)]);
    let mut counted = scene.counted(&rollout).await;
    counted.retain(|_, count| *count != 0);
    assert_eq!(counted, bound);
}

/// The sender failed and its message lies among the dead letters, where it may wait for days; the rollout
/// does not wait for it.
#[tokio::test]
async fn rollout_of_an_expired_claim_applies_after_the_step() {
    let scene = Scene::new(1).await;
    let now = scene.world.stage.clock.now();
    scene
        .change(0, |it| {
            it.claim(&domain::enrolment::ClaimToken::new(1, "t"), now + SignedDuration::from_secs(120))
                .unwrap()
        })
        .await;
    let claimed = scene.person(0).await.state().clone();
    scene.version(&["second", "first"]).await;
    let rollout = scene.order(2, People::Now, &[("third", None)]).await;
    scene.run().await;
    let bound = scene.person(0).await;
    assert_eq!((bound.version(), bound.pending_transfer().map(|transfer| transfer.to)), (1, Some(2)));
    assert_eq!(*bound.state(), claimed);
    assert!(scene.stored(&rollout).await.finished_at.is_some());
}

#[tokio::test]
async fn removed_step_follows_the_mapping_and_stays_without_one() {
    let scene = Scene::new(3).await;
    let (second, third) = (scene.step("second"), scene.step("third"));
    for (n, at) in [(0, second), (1, third.clone())] {
        let now = scene.world.stage.clock.now();
        scene.change(n, |it| it.advance(now, Some(at), Some(now))).await;
    }
    scene.version(&["third"]).await;
    let silent = scene.order(2, People::Now, &[]).await;
    scene.run().await;
    assert_eq!(scene.person(0).await.version(), 1);
    assert_eq!(scene.person(1).await.version(), 2);
    let mapped = scene.order(2, People::Now, &[("first", None), ("second", Some("third"))]).await;
    scene.run().await;
    let moved = scene.person(0).await;
    assert_eq!((moved.version(), moved.step().clone()), (2, Some(third)));
    let out = scene.person(2).await;
    assert_eq!(*out.state(), EnrolmentState::Ended { reason: EndReason::StepRemoved });
    assert_eq!(scene.counted(&silent).await, Counters::from([(Metric::Transferred, 1)]));
    let counted = Counters::from([(Metric::Transferred, 1), (Metric::Exited, 1)]);
    assert_eq!(scene.counted(&mapped).await, counted);
    let lead = scene.world.ports().leads().get(&scene.world.workspace, &scene.key(2).lead).await.unwrap();
    assert!(lead.active.is_empty());
}

#[tokio::test]
async fn next_step_rollout_only_marks_leads_and_keep_leaves_them() {
    let scene = Scene::new(2).await;
    scene.version(&["first", "third"]).await;
    let keep = scene.order(2, People::Keep, &[]).await;
    scene.run().await;
    assert!(scene.person(0).await.transfer().is_none());
    assert!(scene.stored(&keep).await.finished_at.is_some());
    let before = scene.person(0).await;
    let next = scene.order(2, People::NextStep, &[]).await;
    scene.run().await;
    let bound = scene.person(0).await;
    assert_eq!(
        (bound.version(), bound.step(), bound.due(), bound.generation()),
        (1, before.step(), before.due(), before.generation())
    );
    assert_eq!(bound.pending_transfer().map(|transfer| transfer.to), Some(2));
    assert_eq!(scene.counted(&next).await, Counters::from([(Metric::BoundFor, 2)]));
    // The version is taken back before they reach the step.
    let back = scene.order(1, People::Now, &[]).await;
    scene.run().await;
    assert_eq!((scene.person(0).await.version(), scene.person(0).await.pending_transfer()), (1, None));
    assert!(scene.stored(&back).await.finished_at.is_some());
}

#[tokio::test]
async fn earlier_rollout_that_arrives_late_changes_nothing() {
    let scene = Scene::new(2).await;
    scene.version(&["first", "third"]).await;
    scene.version(&["third", "first"]).await;
    let early = scene.order(2, People::Now, &[]).await;
    let held_back = scene.world.stage.messages(Queue::Enrolments);
    assert_eq!(held_back.len(), 1);
    scene.order(3, People::Now, &[]).await;
    scene.run().await;
    start_rollout(&*scene.world.ports().outbox(), &early).await.unwrap();
    scene.run().await;
    let campaign: Result<Campaign, StoreError> =
        scene.world.ports().campaigns().get(&scene.world.workspace, &scene.world.campaign).await;
    assert_eq!((scene.person(0).await.version(), campaign.unwrap().sequence_version), (3, 3));
}

/// The later rollout finds everybody on its version already, and leaves no trace on the enrolments.
#[tokio::test]
async fn earlier_rollout_that_arrives_late_does_not_move_leads_that_stay() {
    let scene = Scene::new(2).await;
    scene.version(&["first", "third"]).await;
    let early = scene.order(2, People::Now, &[]).await;
    assert_eq!(scene.world.stage.messages(Queue::Enrolments).len(), 1, "held back");
    scene.order(1, People::NextStep, &[]).await;
    scene.run().await;
    start_rollout(&*scene.world.ports().outbox(), &early).await.unwrap();
    scene.run().await;
    let there = scene.person(0).await;
    assert_eq!((there.version(), there.pending_transfer()), (1, None));
    assert!(scene.stored(&early).await.finished_at.is_some());
}
