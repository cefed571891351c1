//! An erasure that fails midway.

use super::{ana, id, suite};
use application::Clock;
use application::Ports;
use application::StoreError;
use application::ports::due::DueWork;
use application::ports::stats::Metric;
use application::projection::stream::{ProjectPorts, project};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::spend::Usd;
use domain::workspace::call_cost::{CallCost, CallCostState};
use domain::workspace::recording::{CallRecording, RecordingState};
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::workspace::user::Role;
use domain::{AccountId, CallId, LeadId, TaskId};
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};
use serde_json::json;
use std::sync::Mutex;
use test_stage::Suite;

/// Erases the lead, but fails after it was marked as gone and its address freed, with nothing removed yet.
async fn breaks_off(suite: &mut Suite, path: &str) {
    suite.post(&format!("{path}/notes"), json!({ "text": "Called twice." })).await.expect(201);
    suite.stage.cloud.faults().inject(|moment, call| {
        let removes = moment == Moment::Before && call.operation == "BatchWriteItem";
        removes.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    suite.sign_in(Role::Manager);
    suite.post(&format!("{path}/erase"), json!({})).await.expect(503);
    suite.stage.cloud.faults().clear();
    suite.get(path).await.expect(404);
}

#[tokio::test]
async fn interrupted_erasure_is_completed_by_a_repeat() {
    let mut suite = suite().await;
    let lead = id(&ana(&suite).await);
    let path = format!("/api/leads/{lead}");
    breaks_off(&mut suite, &path).await;
    suite.post(&format!("{path}/erase"), json!({})).await.expect(204);
    suite.post(&format!("{path}/erase"), json!({})).await.expect(404);
}

#[tokio::test]
async fn interrupted_erasure_is_completed_by_its_hint() {
    let mut suite = suite().await;
    let lead = id(&ana(&suite).await);
    breaks_off(&mut suite, &format!("/api/leads/{lead}")).await;
    suite.stage.advance(SignedDuration::from_mins(30));
    let ports = &suite.stage.ports;
    let due = ports.due().due(suite.stage.clock.now(), 10).await.unwrap();
    let hints = due.iter().flat_map(|packed| &packed.hints);
    let (workspace, erased) = hints
        .filter_map(|hint| match &hint.what {
            DueWork::Erase { workspace, lead } => Some((workspace, lead)),
            _ => None,
        })
        .next()
        .unwrap();
    assert_eq!(*erased, LeadId::parse(&lead).unwrap());
    ports.leads().finish_erasure(workspace, erased, &[]).await.unwrap();
    let again = Event::system(EventKind::LeadErased, suite.stage.clock.now());
    let nothing = ports.leads().erase(workspace, erased, &again).await;
    assert!(matches!(nothing, Err(StoreError::NotFound)), "{nothing:?}");
}

/// The lead is enrolled after its enrolments were ended and before it is marked as gone.
#[tokio::test]
async fn lead_enrolled_during_its_erasure_is_not_active() {
    let suite = suite().await;
    let (stage, workspace) = (&suite.stage, suite.workspace.clone());
    let lead = LeadId::parse(&id(&ana(&suite).await)).unwrap();
    let sequence = stage.sequence(&workspace, Channel::Email, &["first"]).await;
    let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
    let (leads, enrolments, now) = (stage.ports.leads(), stage.ports.enrolments(), stage.clock.now());
    let key =
        EnrolmentKey { workspace: workspace.clone(), lead: lead.clone(), campaign: campaign.id.clone() };
    let enrolment = Enrolment::begin(key, &sequence.pinned(), EnrolmentState::Scheduled, None, now);
    let id = lead.clone();
    let enrols = async move {
        let lead = leads.get(&workspace, &id).await.unwrap();
        enrolments.enrol(&lead, &enrolment, &Event::system(EventKind::LeadEnrolled, now)).await.unwrap();
    };
    let once = Mutex::new(Some(Box::pin(enrols)));
    stage.cloud.faults().hold_up(move |moment, call| {
        let is_it = moment == Moment::Before && String::from_utf8_lossy(call.body).contains("\"hints\"");
        if is_it { once.lock().unwrap().take().map(|it| it as _) } else { None }
    });
    suite.post(&format!("/api/leads/{lead}/erase"), json!({})).await.expect(204);
    let stream = suite.stage.stream();
    project(&ProjectPorts::new(&suite.stage.ports), "shard-1", &stream).await.unwrap();
    let counted = suite.stage.ports.stats().total(&suite.workspace).await.unwrap();
    assert_eq!(counted.get(&Metric::Enrolled).copied(), Some(1));
    assert_eq!(counted.get(&Metric::InFlight).copied().unwrap_or(0), 0);
}

#[tokio::test]
async fn recordings_of_an_erased_lead_are_deleted_at_the_provider() {
    let mut suite = suite().await;
    let lead = LeadId::parse(&id(&ana(&suite).await)).unwrap();
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let account = AccountId::derived(now, &["twilio"]);
    let recorded = |name: &str, state| CallRecording {
        call: CallId::derived(&lead, &[name]),
        workspace: suite.workspace.clone(),
        user: suite.user.clone(),
        account: account.clone(),
        provider_id: name.to_owned(),
        state,
        seconds: Some(62),
        made_at: now,
        rev: 0,
    };
    for (name, state) in [("RE1", RecordingState::Ready), ("RE2", RecordingState::Deleted)] {
        ports.calls().save_recording(&recorded(name, state), None).await.unwrap();
    }
    let shown = suite.get(&format!("/api/leads/{lead}/timeline")).await.expect(200);
    let calls: Vec<_> =
        shown["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "call_recorded").collect();
    assert_eq!((calls.len(), &calls[0]["seconds"]), (2, &json!(62)));
    suite.sign_in(Role::Manager);
    suite.delete(&format!("/api/leads/{lead}")).await.expect(204);
    suite.post(&format!("/api/leads/{lead}/erase"), json!({})).await.expect(204);
    let ports = &suite.stage.ports;
    assert!(ports.calls().recordings_of(&suite.workspace, &lead).await.unwrap().is_empty());
    let due = ports.due().due(now, 10).await.unwrap();
    let hints = due.into_iter().flat_map(|pack| pack.hints).map(|hint| hint.what);
    let hints: Vec<DueWork> = hints.filter(|what| matches!(what, DueWork::DeleteRecording { .. })).collect();
    let workspace = suite.workspace.clone();
    assert_eq!(hints, [DueWork::DeleteRecording { workspace, account, provider_id: "RE1".to_owned() }]);
}

#[tokio::test]
async fn cost_of_a_placed_call_stands_at_its_task_and_goes_with_the_lead() {
    let mut suite = suite().await;
    let lead = LeadId::parse(&id(&ana(&suite).await)).unwrap();
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let stored = ports.leads().get(&suite.workspace, &lead).await.unwrap();
    let (call, account) = (CallId::derived(&lead, &["call"]), AccountId::derived(now, &["twilio"]));
    let cost = CallCost::placed((&suite.workspace, &call), &account, Usd::cents(10), now);
    let cost = CallCost { state: CallCostState::Known { amount: Usd::micros(84_000) }, ..cost };
    ports.calls().save_cost(&cost).await.unwrap();
    for (name, call) in [("placed", Some(call.clone())), ("by hand", None)] {
        let task = TaskId::derived(&lead, &[name]);
        let mut task = Task::about(&stored, task, TaskKind::Call, name.to_owned(), now);
        task.call = call;
        task.close(TaskOutcome::Connected, now);
        ports.tasks().save(&task, &Event::system(EventKind::TaskDone, now)).await.unwrap();
    }
    let timeline = suite.get(&format!("/api/leads/{lead}/timeline")).await.expect(200);
    let items = timeline["items"].as_array().unwrap();
    let cost_of = |title: &str| &items.iter().find(|item| item["title"] == title).unwrap()["call_cost"];
    assert_eq!(cost_of("placed"), &json!({"state": "known", "amount": 84_000}));
    assert!(cost_of("by hand").is_null());
    suite.sign_in(Role::Manager);
    suite.delete(&format!("/api/leads/{lead}")).await.expect(204);
    suite.post(&format!("/api/leads/{lead}/erase"), json!({})).await.expect(204);
    let gone = suite.stage.ports.calls().cost(&suite.workspace, &call).await;
    assert!(matches!(gone, Err(StoreError::NotFound)), "{gone:?}");
}
