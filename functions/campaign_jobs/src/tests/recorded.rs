//! A recorded run: from what its table held, the simulation makes the same plan again, byte by byte.

use super::World;
use application::campaign::simulation::start_simulation;
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::capacity::contact_caps::Caps;
use domain::contact::channel::Channel;
use domain::contact::country::Country;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::message::price::Prices;
use domain::message::{Direction, Message, MessageState};
use domain::sequence::Step;
use domain::{CampaignId, MessageId, StepId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use local_cloud::SeededIds;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use test_stage::Stage;

/// Each file is written if it is missing.
const RUN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/golden/run.json");
const PLAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/golden/plan.json");
const TABLE: &str = "test";

/// The input of a simulation: the table's items and what was asked for.
#[derive(Serialize, Deserialize)]
struct Recorded {
    asked_at: Timestamp,
    workspace: WorkspaceId,
    campaign: CampaignId,
    items: Vec<Value>,
}

impl Recorded {
    /// One item a line, so that a difference shows where it is.
    fn to_text(&self) -> String {
        let Self { asked_at, workspace, campaign, items } = self;
        let lines: Vec<String> = items.iter().map(Value::to_string).collect();
        let (head, items) =
            (json!({ "asked_at": asked_at, "workspace": workspace, "campaign": campaign }), lines);
        let head = head.to_string();
        format!("{},\"items\":[\n{}\n]}}\n", head.trim_end_matches('}'), items.join(",\n"))
    }
}

/// The simulation as the bucket holds it: the summary, then the leads.
async fn plan(stage: &Stage, workspace: &WorkspaceId, campaign: &CampaignId) -> String {
    let campaign = stage.ports.campaigns().get(workspace, campaign).await.unwrap();
    let (blobs, now) = (stage.ports.blobs(), stage.clock.now());
    // The ids are the same each time.
    let ids = SeededIds::new(stage.clock.clone(), 1);
    start_simulation(&*blobs, &*stage.ports.outbox(), &ids, &campaign, now).await.unwrap();
    let handler = crate::handler(&stage.ports);
    assert_eq!(stage.drain(application::queue_messages::Queue::Enrolments, &handler).await, 1);
    let mut plan = String::new();
    for part in ["summary", "people-000"] {
        let key = format!("{workspace}/simulations/{}/{part}.json", campaign.id);
        plan += std::str::from_utf8(&blobs.get(&key).await.unwrap()).unwrap();
        plan.push('\n');
    }
    plan
}

async fn replayed(run: &Recorded) -> String {
    let stage = Stage::new().await;
    stage.cloud.put_items(TABLE, &run.items).unwrap();
    stage.advance(run.asked_at.duration_since(stage.clock.now()));
    plan(&stage, &run.workspace, &run.campaign).await
}

fn steps(now: Timestamp, first: &StepId) -> Vec<Step> {
    let id = |name: &str| StepId::derived(now, &[name]);
    let delay = |amount: u32, unit: &str| json!({ "amount": amount, "unit": unit });
    let steps = json!([
        { "id": first, "delay": delay(0, "minutes"), "kind": "email", "subject": "About {{ company | default('you') }}",
          "body": "Hello {{ first_name | default('there') }}, see {{ preview_url }}" },
        { "id": id("wait"), "delay": delay(1, "working_days"), "kind": "wait" },
        { "id": id("opened"), "delay": delay(0, "minutes"), "kind": "branch", "condition": { "if": "opened" },
          "yes": id("call"), "no": id("text") },
        { "id": id("text"), "delay": delay(2, "hours"), "kind": "sms", "body": "It’s {{ first_name | default('me') }}" },
        { "id": id("call"), "delay": delay(1, "days"), "kind": "task", "task": "call", "title": "Ring them", "body": "" },
        { "id": id("last"), "delay": delay(3, "days"), "kind": "email", "subject": "", "body": "Well, {{ first_name }}?" },
    ]);
    serde_json::from_value(steps).unwrap()
}

/// Seven leads in four countries, two mailboxes and a number; it runs for a day, in which Ana and Ben get the
/// first mail and Ana opens it.
async fn run() -> (World, String) {
    let world = World::new(0).await;
    let (stage, ports, workspace) = (&world.stage, world.ports(), &world.workspace);
    let campaign = ports.campaigns().get(workspace, &world.campaign).await.unwrap();
    let sequence = ports.sequences().get(workspace, &campaign.sequence).await.unwrap();
    let steps = steps(stage.clock.now(), &sequence.steps[0].id);
    let wait = steps[1].id.clone();
    let changed = stage.steps(&sequence, steps).await;
    let people = [
        ("ana", "GB", "+442074960351"),
        ("ben", "US", "+12065550111"),
        ("cleo", "DE", ""),
        ("dan", "AU", "+61290000001"),
        ("eve", "US", ""),
        ("fay", "GB", "+442074960352"),
        ("", "DE", ""),
    ];
    let mut leads = Vec::new();
    for (name, country, phone) in people {
        let known = |lead: &mut Lead| {
            lead.first_name = (!name.is_empty()).then(|| name.to_owned());
            lead.country = Country::parse(country);
            lead.phone = PhoneNumber::parse(phone, None).ok();
        };
        leads.push(stage.lead(workspace, &format!("{name}x"), known).await.id);
    }
    world.limited(2).await;
    world.limited(40).await;
    world.account(Channel::Sms).await;
    let mut tenant = ports.workspaces().get(workspace).await.unwrap();
    tenant.caps = Caps { domain_per_day: Some(4), hours_apart: Some(20), ..Caps::default() };
    tenant.prices =
        Prices { email_micros: Some(100), sms_segment_micros: Some(7_900), whatsapp_micros: None };
    ports
        .workspaces()
        .save(&tenant, &Event::system(EventKind::SettingsChanged, stage.clock.now()))
        .await
        .unwrap();
    world.start_job(true).await;
    world.run().await;
    let mut campaign = ports.campaigns().get(workspace, &world.campaign).await.unwrap();
    campaign.sequence_version = changed.version;
    ports
        .campaigns()
        .save(&campaign, &Event::system(EventKind::CampaignChanged, stage.clock.now()))
        .await
        .unwrap();
    world.launch().await;
    world.run().await;
    for lead in &leads[..2] {
        let now = stage.clock.now();
        let id = MessageId::for_step(lead, &world.campaign, &sequence.steps[0].id);
        let opened = lead == &leads[0];
        let mail = Message {
            campaign: Some(world.campaign.clone()),
            step: Some(sequence.steps[0].id.clone()),
            state: MessageState::Accepted,
            accepted_at: Some(now),
            first_opened_at: opened.then_some(now),
            ..Message::blank(id, workspace.clone(), Direction::Out, Channel::Email, now)
        };
        ports.messages().create(&mail, &Event::system(EventKind::MessageAccepted, now)).await.unwrap();
        let key = domain::enrolment::key::EnrolmentKey {
            workspace: workspace.clone(),
            lead: lead.clone(),
            campaign: world.campaign.clone(),
        };
        let mut enrolment = ports.enrolments().get(&key).await.unwrap();
        enrolment.advance(now, Some(wait.clone()), None);
        ports.enrolments().save(&enrolment, &Event::system(EventKind::StepDone, now)).await.unwrap();
        let mut known = ports.leads().get(workspace, lead).await.unwrap();
        known.status = StageId::CONTACTED;
        ports.leads().save(&known, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
    }
    stage.advance(SignedDuration::from_hours(24));
    world.run().await;
    let campaign = ports.campaigns().get(workspace, &world.campaign).await.unwrap();
    assert_eq!(campaign.state, CampaignState::Active);
    let plan = plan(stage, workspace, &world.campaign).await;
    (world, plan)
}

#[tokio::test]
async fn recorded_run_makes_the_same_plan_again() {
    let Ok(text) = std::fs::read_to_string(RUN) else {
        let (world, plan) = run().await;
        let run = Recorded {
            asked_at: world.stage.clock.now(),
            workspace: world.workspace.clone(),
            campaign: world.campaign.clone(),
            items: world.stage.cloud.items(TABLE).unwrap(),
        };
        std::fs::write(RUN, run.to_text()).unwrap();
        std::fs::write(PLAN, plan).unwrap();
        panic!("{RUN} was missing and is written, with its plan: look at both, then commit them");
    };
    let run: Recorded = serde_json::from_str(&text).unwrap();
    let now = replayed(&run).await;
    let Ok(then) = std::fs::read_to_string(PLAN) else {
        std::fs::write(PLAN, now).unwrap();
        panic!("{PLAN} was missing and is written: look at it, then commit it");
    };
    assert!(then.lines().count() == 2 && then.contains("\"messages\":"), "a summary and its people");
    assert_eq!(now, then, "the same run makes another plan: see that this is meant, then write it anew");
}
