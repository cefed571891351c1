//! Work that is due soon is enqueued with the remaining delay and its hint deleted; a run that finds nothing
//! writes only its own time.

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
            what: DueWork::Step { enrolment, generation: 2, touch: None, mailbox: None },
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
async fn due_work_is_enqueued_once_with_the_remaining_delay() {
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
async fn work_due_tomorrow_stays() {
    let world = World::new().await;
    world.stage.ports.due().put(&[world.step("l", 86_400)]).await.unwrap();
    world.tick().await;
    assert!(world.sends().is_empty());
    assert!(world.stage.ports.due().earliest().await.unwrap().is_some());
}

#[tokio::test]
async fn idle_run_writes_one_item_and_reads_little() {
    let world = World::new().await;
    let before = world.stage.cloud.ledger().snapshot();
    world.tick().await;
    let spent = world.stage.cloud.ledger().since(&before);
    assert_eq!(spent.write_units(), 1.0);
    assert!(spent.read_units() <= 8.0, "{} read units", spent.read_units());
}

#[tokio::test]
async fn run_is_recorded_at_its_end_unless_it_failed() {
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
async fn end_of_a_pause_is_sent_to_the_enrolments_queue() {
    let world = World::new().await;
    let now = world.stage.clock.now();
    let what = DueWork::Resume { workspace: world.workspace.clone(), what: PausedScope::Workspace };
    world.stage.ports.due().put(&[Hint { at: now, what }]).await.unwrap();
    world.tick().await;
    let ends = world.stage.messages(Queue::Enrolments);
    assert_eq!((ends.len(), &ends[0]["do"], &ends[0]["until"]), (1, &json!("resume"), &json!(now)));
    assert_eq!(world.stage.ports.due().earliest().await.unwrap(), None);
}
