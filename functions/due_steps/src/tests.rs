//! What is due soon is handed over with the delay that is left; what is handed over is gone; an empty look writes nothing.

use application::Clock;
use application::Ports;
use application::ports::due::{DueWork, Hint};
use application::ports::schedules::{Schedule, ScheduleRuns};
use application::queue_messages::Queue;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::pause::PausedScope;
use domain::{CampaignId, LeadId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{Fault, Moment};
use serde_json::{Value, json};
use test_stage::Stage;

struct World {
    stage: Stage,
    workspace: WorkspaceId,
}

impl World {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        Self { stage, workspace }
    }

    fn step(&self, name: &str, in_seconds: i64) -> Hint {
        let now = self.stage.clock.now();
        let enrolment = EnrolmentKey {
            workspace: self.workspace.clone(),
            lead: LeadId::derived(now, &[name]),
            campaign: CampaignId::derived(now, &["c"]),
        };
        Hint {
            at: now + SignedDuration::from_secs(in_seconds),
            what: DueWork::Step { enrolment, turn: 2, touch: None, mailbox: None },
        }
    }

    async fn tick(&self) {
        let event = json!({ "source": "aws.scheduler", "time": self.stage.clock.now().to_string() });
        crate::handler(&self.stage.ports)(event).await.unwrap();
    }

    fn sends(&self) -> Vec<Timestamp> {
        let due = |message: &Value| message["due"].as_str().unwrap().parse().unwrap();
        let mut due: Vec<Timestamp> = self.stage.messages(Queue::Send).iter().map(due).collect();
        due.sort();
        due
    }
}

#[tokio::test]
async fn due_work_appears_in_its_queue_when_it_is_due_and_only_once() {
    let world = World::new().await;
    let now = world.stage.clock.now();
    let hints: Vec<Hint> = (0..60).map(|n| world.step(&format!("l{n}"), n * 10)).collect();
    world.stage.ports.due().put(&hints).await.unwrap();
    world.tick().await;
    assert_eq!(world.sends(), [now]);
    world.stage.advance(SignedDuration::from_secs(300));
    world.tick().await;
    assert_eq!(world.sends().len(), 30);
    world.stage.advance(SignedDuration::from_secs(300));
    assert_eq!(world.sends().len(), 29);
    world.tick().await;
    assert_eq!((world.sends().len(), world.stage.ports.due().earliest().await.unwrap()), (0, None));
}

#[tokio::test]
async fn what_is_due_tomorrow_stays() {
    let world = World::new().await;
    world.stage.ports.due().put(&[world.step("l", 86_400)]).await.unwrap();
    world.tick().await;
    assert!(world.sends().is_empty());
    assert!(world.stage.ports.due().earliest().await.unwrap().is_some());
}

#[tokio::test]
async fn an_idle_minute_writes_when_it_ran_and_reads_next_to_nothing() {
    let world = World::new().await;
    let before = world.stage.cloud.ledger().snapshot();
    world.tick().await;
    let spent = world.stage.cloud.ledger().since(&before);
    assert_eq!(spent.write_units(), 1.0);
    assert!(spent.read_units() <= 8.0, "{} read units", spent.read_units());
}

#[tokio::test]
async fn a_run_is_noted_at_its_end_and_a_run_that_failed_is_not() {
    let world = World::new().await;
    let runs = || async { world.stage.ports.schedules().runs(Schedule::DueSteps).await.unwrap() };
    assert_eq!(runs().await, None);
    let first = world.stage.clock.now();
    world.tick().await;
    let last = world.stage.advance(SignedDuration::from_mins(1));
    world.tick().await;
    assert_eq!(runs().await, Some(ScheduleRuns { first, last }));
    world.stage.advance(SignedDuration::from_mins(1));
    world.stage.cloud.faults().inject(|moment, call| {
        let fails = moment == Moment::Before && call.operation == "Query";
        fails.then(|| Fault::Fail {
            status: 400,
            code: "AccessDeniedException".to_owned(),
            message: String::new(),
        })
    });
    let event = json!({ "source": "aws.scheduler", "time": world.stage.clock.now().to_string() });
    assert!(crate::handler(&world.stage.ports)(event).await.is_err());
    assert_eq!(runs().await, Some(ScheduleRuns { first, last }));
}

#[tokio::test]
async fn the_end_of_a_pause_goes_to_those_who_schedule_people() {
    let world = World::new().await;
    let now = world.stage.clock.now();
    let what = DueWork::Resume { workspace: world.workspace.clone(), what: PausedScope::Workspace };
    world.stage.ports.due().put(&[Hint { at: now, what }]).await.unwrap();
    world.tick().await;
    let ends = world.stage.messages(Queue::Enrolments);
    assert_eq!((ends.len(), &ends[0]["do"], &ends[0]["until"]), (1, &json!("resume"), &json!(now)));
    assert_eq!(world.stage.ports.due().earliest().await.unwrap(), None);
}
