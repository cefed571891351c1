//! The repair job: what an event missed is done later, once; everything else stays as it is.

mod watched;

use crate::App;
use application::PageRequest;
use application::Ports;
use application::ports::stats::{Counted, Delta, Metric, Scope};
use application::queue_messages::Queue;
use application::repair::{Repaired, repair_all};
use domain::campaign::auto_enrol::{AutoEnrolState, Look};
use domain::campaign::auto_enrol_rule::AutoEnrolRule;
use domain::campaign::trigger_rule::{OnlyIf, Trigger, TriggerAction, TriggerRule, TriggerRules};
use domain::campaign::{Campaign, CampaignState};
use domain::capacity::capacity_calendar::CapacityCalendar;
use domain::capacity::quota::Quota;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::import::{Import, ImportCounts, ImportOptions, ImportState};
use domain::lead::Lead;
use domain::lead::engagement::{Action, Verdict};
use domain::lead::filter::LeadFilter;
use domain::time::time_zone::ZoneName;
use domain::workspace::tracking_domain::{DomainName, TrackingDomain};
use domain::{ImportId, LeadId, RuleId, StepId, UserId, WorkspaceId};
use jiff::SignedDuration;
use serde_json::json;
use test_stage::Stage;

const QUARTER: SignedDuration = SignedDuration::from_mins(15);

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    user: UserId,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        Self { stage, workspace, user }
    }

    async fn lead(&self, name: &str, change: impl FnOnce(&mut Lead)) -> LeadId {
        self.stage.lead(&self.workspace, name, change).await.id
    }

    /// Runs the projection, so that the counters match the stream.
    async fn project(&self) {
        let event = json!({ "shardId": "shard-1", "state": {}, "Records": self.stage.stream() });
        project_events::handler(&self.stage.ports)(event).await.unwrap();
    }

    async fn monitor(&self) -> Repaired {
        self.project().await;
        repair_all(&App::new(&self.stage.ports).ports).await.unwrap()
    }

    async fn alerts(&self) -> Vec<String> {
        let page = PageRequest::first(50);
        let told = self.stage.ports.notifications().list(&self.workspace, &self.user, page).await.unwrap();
        told.items.into_iter().map(|notification| notification.title).collect()
    }

    async fn tasks(&self) -> usize {
        self.stage
            .ports
            .tasks()
            .open(&self.workspace, None, PageRequest::first(50))
            .await
            .unwrap()
            .items
            .len()
    }
}

/// Records three visits within ten minutes, the last of them just now.
fn look_three_times(lead: &mut Lead) {
    for minute in [6, 3, 0] {
        let at = lead.created_at - SignedDuration::from_mins(minute);
        let action = Action::PreviewViewed { session: format!("s{minute}") };
        lead.engagement.record(&format!("e{minute}"), &action, Verdict::Human, at);
    }
}

#[tokio::test]
async fn missed_hot_lead_is_announced_once() {
    let scene = Scene::new().await;
    scene.lead("ann", look_three_times).await;
    scene.lead("bob", look_three_times).await;
    scene.lead("cy", |_| {}).await;
    assert_eq!(scene.monitor().await, Repaired { hot_leads: 2, ..Repaired::default() });
    let mut alerts = scene.alerts().await;
    alerts.sort();
    assert_eq!(alerts, ["ann@one.example turned hot", "bob@one.example turned hot"]);
    assert_eq!(scene.tasks().await, 2);
    scene.stage.advance(QUARTER);
    assert_eq!(scene.monitor().await, Repaired::default());
    assert_eq!((scene.alerts().await.len(), scene.tasks().await), (2, 2));
}

#[tokio::test]
async fn missed_hot_lead_alert_carries_out_its_rule_once() {
    let scene = Scene::new().await;
    let ports = &scene.stage.ports;
    let (now, event) = (ports.clock().now(), Event::system(EventKind::LeadChanged, ports.clock().now()));
    let sequence = scene.stage.sequence(&scene.workspace, Channel::Email, &["first"]).await;
    let cold = scene.stage.campaign("Cold", &sequence, CampaignState::Paused, |_| {}).await;
    let mailbox = scene.stage.mailbox(&scene.workspace).await;
    let sender = |campaign: &mut Campaign| campaign.mailboxes = vec![mailbox];
    let warm = scene.stage.campaign("Warm", &sequence, CampaignState::Paused, sender).await;
    let rule = TriggerRule {
        id: RuleId::derived(now, &["rule"]),
        name: "Ring them".to_owned(),
        when: Trigger::TurnedHot {},
        only: OnlyIf::default(),
        actions: vec![
            TriggerAction::Stop {},
            TriggerAction::Enrol { campaign: warm.id.clone() },
            TriggerAction::Notify {},
        ],
        enabled: true,
        created_by: scene.user.clone(),
        created_at: now,
    };
    let rules = TriggerRules { rules: vec![rule], ..TriggerRules::none(scene.workspace.clone()) };
    ports.rules().save(&rules, &event).await.unwrap();
    let hot = |lead: &mut Lead| {
        look_three_times(lead);
        lead.first_name = Some("Ann".to_owned());
    };
    let ann = scene.lead("ann", hot).await;
    scene.stage.enrolment(&cold, &sequence, &ann).await;
    for _ in 0..2 {
        assert!(scene.monitor().await.hot_leads <= 1);
        let mut alerts = scene.alerts().await;
        alerts.sort();
        assert_eq!(alerts, ["Ann turned hot", "Ring them: Ann"]);
        let lead = ports.leads().get(&scene.workspace, &ann).await.unwrap();
        assert!(lead.active.iter().eq([&warm.id]), "{:?}", lead.active);
        scene.stage.advance(QUARTER);
    }
}

#[tokio::test]
async fn idle_workspace_costs_little() {
    let scene = Scene::new().await;
    for n in 0..30 {
        scene.lead(&format!("lead-{n}"), |_| {}).await;
    }
    scene.project().await;
    let before = scene.stage.cloud.ledger().snapshot();
    repair_all(&App::new(&scene.stage.ports).ports).await.unwrap();
    let spent = scene.stage.cloud.ledger().since(&before);
    assert!(spent.read_units() <= 5.0, "{} read units", spent.read_units());
    assert_eq!(spent.write_units(), 0.0);
}

#[tokio::test]
async fn campaign_whose_enrolments_have_all_ended_is_completed() {
    let scene = Scene::new().await;
    let ports = &scene.stage.ports;
    let event = Event::system(EventKind::LeadChanged, ports.clock().now());
    let sequence = scene.stage.sequence(&scene.workspace, Channel::Email, &["first"]).await;
    let campaign = |name| scene.stage.campaign(name, &sequence, CampaignState::Active, |_| {});
    let (over, running, empty) = (campaign("over").await, campaign("running").await, campaign("empty").await);
    let ann = scene.lead("ann", |_| {}).await;
    scene.stage.enrolment(&over, &sequence, &ann).await;
    ports.enrolments().stop(&scene.workspace, &ann, EndReason::Replied, &event).await.unwrap();
    let bob = scene.lead("bob", |_| {}).await;
    scene.stage.enrolment(&running, &sequence, &bob).await;
    // Both campaigns have capacity booked for coming days.
    let mailbox = scene.stage.mailbox(&scene.workspace).await;
    let line = |campaign: &Campaign| CapacityCalendar {
        campaign: Some(campaign.id.clone()),
        days: vec![0, 1],
        new: Vec::new(),
    };
    let mut quota = Quota::unused(scene.workspace.clone(), mailbox.clone());
    quota.lines = vec![line(&over), line(&running)];
    ports.quotas().save(&quota, &event).await.unwrap();
    assert_eq!(scene.monitor().await, Repaired::default());
    scene.stage.advance(SignedDuration::from_hours(1));
    assert_eq!(scene.monitor().await, Repaired::default());
    scene.stage.advance(QUARTER);
    assert_eq!(scene.monitor().await, Repaired { campaigns: 1, ..Repaired::default() });
    let mut states = Vec::new();
    for campaign in [&over, &running, &empty] {
        states.push(ports.campaigns().get(&scene.workspace, &campaign.id).await.unwrap().state);
    }
    assert_eq!(states, [CampaignState::Completed, CampaignState::Active, CampaignState::Active]);
    let quota = ports.quotas().get(&scene.workspace, &mailbox).await.unwrap().unwrap();
    assert_eq!(quota.lines, [line(&running)]);
}

#[tokio::test]
async fn auto_enrol_runs_hourly_while_active_and_is_never_completed() {
    let scene = Scene::new().await;
    let ports = &scene.stage.ports;
    let event = Event::system(EventKind::LeadChanged, ports.clock().now());
    let sequence = scene.stage.sequence(&scene.workspace, Channel::Email, &["first"]).await;
    let auto_enrol = |campaign: &mut Campaign| {
        campaign.auto_enrol = Some(AutoEnrolRule { filter: LeadFilter::default(), per_day: 9 })
    };
    let active = scene.stage.campaign("active", &sequence, CampaignState::Active, auto_enrol).await;
    scene.stage.campaign("paused", &sequence, CampaignState::Paused, auto_enrol).await;
    let ann = scene.lead("ann", |_| {}).await;
    scene.stage.enrolment(&active, &sequence, &ann).await;
    ports.enrolments().stop(&scene.workspace, &ann, EndReason::Replied, &event).await.unwrap();
    let looks = async || {
        scene.monitor().await;
        let told = scene.stage.messages(Queue::Enrolments).into_iter();
        told.map(|message| (message["do"].clone(), message["campaign"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(looks().await, [(json!("take_in"), json!(active.id))]);
    let mut auto_enrol_state = AutoEnrolState::unused(scene.workspace.clone(), active.id.clone());
    auto_enrol_state.look = Some(Look { at: ports.clock().now(), ..Look::default() });
    ports.auto_enrols().save(&auto_enrol_state, &event).await.unwrap();
    for quarter in 1..=4 {
        scene.stage.advance(QUARTER);
        assert_eq!(looks().await.len(), usize::from(quarter == 4));
    }
    // Between two runs, automatic enrolment costs one read a campaign, and an active one the read of its version, whose
    // variants may be due to be compared.
    auto_enrol_state.rev = 1;
    auto_enrol_state.look = Some(Look { at: ports.clock().now(), ..Look::default() });
    ports.auto_enrols().save(&auto_enrol_state, &event).await.unwrap();
    scene.project().await;
    let before = scene.stage.cloud.ledger().snapshot();
    repair_all(&App::new(ports).ports).await.unwrap();
    let spent = scene.stage.cloud.ledger().since(&before);
    assert!(spent.read_units() <= 7.0, "{} read units", spent.read_units());
    assert_eq!(spent.write_units(), 0.0);
    scene.stage.advance(QUARTER);
    scene.monitor().await;
    let state = ports.campaigns().get(&scene.workspace, &active.id).await.unwrap().state;
    assert_eq!(state, CampaignState::Active);
}

#[tokio::test]
async fn stalled_import_is_restarted() {
    let scene = Scene::new().await;
    let ports = &scene.stage.ports;
    let now = ports.clock().now();
    let mut import = Import {
        id: ImportId::derived(now, &["import"]),
        workspace: scene.workspace.clone(),
        file_name: "leads.csv".to_owned(),
        size_bytes: 1,
        content_hash: String::new(),
        state: ImportState::Committing,
        format: None,
        columns: Vec::new(),
        fits_whole: true,
        phone_question: None,
        options: ImportOptions {
            default_country: None,
            country_chosen: true,
            duplicates: domain::import::DuplicatePolicy::Skip,
            tag: None,
            consent_basis: None,
            consent: Default::default(),
            enrich: true,
            campaign: None,
            values: domain::import::ValueOptions::default(),
        },
        counts: ImportCounts::default(),
        chunks: 3,
        chunks_done: 1,
        failure: None,
        created_by: None,
        created_at: now,
        finished_at: None,
        sees: None,
        rev: 0,
    };
    let event = Event::system(EventKind::LeadChanged, now);
    import.rev = ports.imports().save(&import, &event).await.unwrap();
    assert_eq!(scene.monitor().await.imports, 0);
    scene.stage.advance(QUARTER);
    import.counts.rows = 1_500;
    ports.imports().save(&import, &event).await.unwrap();
    assert_eq!(scene.monitor().await.imports, 0);
    scene.stage.advance(QUARTER);
    assert_eq!(scene.monitor().await.imports, 1);
    let messages = scene.stage.messages(Queue::Imports);
    assert_eq!(messages[0]["chunk"], 1);
    assert_eq!(messages[0]["do"], "commit");
}

#[tokio::test]
async fn leading_variant_pauses_the_others_once() {
    let scene = Scene::new().await;
    let ports = &scene.stage.ports;
    let now = ports.clock().now();
    let empty = scene.stage.sequence(&scene.workspace, Channel::Email, &[]).await;
    let variants =
        json!([{"subject": "Hi", "body": "Long"}, {"name": "Short", "subject": "Hi", "body": "Short"}]);
    let steps = json!([{"id": StepId::derived(now, &["mail"]), "kind": "email", "subject": "", "body": "",
        "delay": {"amount": 0, "unit": "minutes"}, "variants": variants}]);
    let sequence = scene.stage.steps(&empty, serde_json::from_value(steps).unwrap()).await;
    let campaign = scene.stage.campaign("Spring", &sequence, CampaignState::Active, |_| {}).await;
    let step = &sequence.steps[0];
    let delta = |at: usize, metric, by| Delta {
        workspace: scene.workspace.clone(),
        scope: Scope::Variant(campaign.id.clone(), step.id.clone(), step.kind.variants()[at].id.clone()),
        metric,
        by,
    };
    let (sent, well) = (Metric::EmailsSent, Metric::AnsweredWell);
    let deltas = vec![delta(0, sent, 1_000), delta(1, sent, 1_000), delta(0, well, 20), delta(1, well, 80)];
    ports.stats().apply("shard-9", now, &[Counted { sequence: "1".to_owned(), deltas }]).await.unwrap();
    let running = async || {
        let record =
            ports.sequences().version_record(&scene.workspace, &sequence.id, sequence.version).await.unwrap();
        let shown = ports.sequences().get(&scene.workspace, &sequence.id).await.unwrap().steps;
        assert_eq!(shown, record.version.steps);
        shown[0].kind.variants().iter().filter(|variant| !variant.paused).count()
    };
    scene.monitor().await;
    assert_eq!(running().await, 2, "nobody asked for it");
    let event = Event::system(EventKind::LeadChanged, now);
    let wants = Campaign { promotes_winner: true, ..campaign.clone() };
    let mut wants =
        Campaign { rev: ports.campaigns().get(&scene.workspace, &campaign.id).await.unwrap().rev, ..wants };
    wants.rev = ports.campaigns().save(&wants, &event).await.unwrap();
    scene.monitor().await;
    assert_eq!(
        (running().await, scene.alerts().await),
        (1, vec!["Spring: Short is ahead, the others are paused".to_owned()])
    );
    // A user resumes the other variant, and it stays so.
    let mut record =
        ports.sequences().version_record(&scene.workspace, &sequence.id, sequence.version).await.unwrap();
    let mut shown = ports.sequences().get(&scene.workspace, &sequence.id).await.unwrap();
    for steps in [&mut record.version.steps, &mut shown.steps] {
        steps[0].kind.variants_mut()[0].paused = false;
    }
    ports.sequences().patch(&record, Some(&shown), &event).await.unwrap();
    scene.stage.advance(QUARTER);
    scene.monitor().await;
    assert_eq!((running().await, scene.alerts().await.len()), (2, 1));
}

#[tokio::test]
async fn tracking_domain_is_looked_at_by_a_job_and_a_workspace_without_one_needs_none() {
    let scene = Scene::new().await;
    scene.monitor().await;
    assert!(scene.stage.messages(Queue::Enrolments).is_empty());
    let (workspaces, now) = (scene.stage.ports.workspaces(), scene.stage.ports.clock().now());
    let mut workspace = workspaces.get(&scene.workspace).await.unwrap();
    workspace.tracking.domain = Some(TrackingDomain::new(DomainName::parse("go.acme.com").unwrap(), now));
    workspaces.save(&workspace, &Event::system(EventKind::SettingsChanged, now)).await.unwrap();
    scene.monitor().await;
    let asked = scene.stage.messages(Queue::Enrolments);
    assert_eq!(asked, [json!({"do": "check_tracking_domain", "workspace": scene.workspace})]);
}

#[tokio::test]
async fn digest_is_ordered_in_its_hour_where_the_installation_sends_mails_of_its_own() {
    for (sender, orders) in [("none", 0), ("accounts@leadflow.example", 1)] {
        let stage = Stage::with_variables(&[("SYSTEM_SENDER", sender)]).await;
        let (workspace, user) = stage.workspace("northquay").await;
        let scene = Scene { stage, workspace, user };
        let digests = scene.stage.ports.digests();
        let mut settings = digests.settings(&scene.workspace, &scene.user).await.unwrap();
        (settings.hour, settings.zone) = (Some(9), Some(ZoneName::utc()));
        let event = Event::system(EventKind::SettingsChanged, scene.stage.ports.clock().now());
        digests.save(&settings, &event).await.unwrap();
        scene.monitor().await;
        let ordered = scene.stage.messages(Queue::Send);
        assert_eq!(ordered.len(), orders, "{sender}: {ordered:?}");
        scene.stage.advance(SignedDuration::from_hours(1));
        scene.monitor().await;
        assert_eq!(scene.stage.messages(Queue::Send).len(), 0, "its hour is over");
    }
}
