//! Leads cool down with time; each change is announced once, and a lead near a threshold does not flicker.

use crate::App;
use application::change_log::fold::{DailyFoldPorts, order_daily_folds};
use application::lead::deletion::{DeletionPorts, delete_lead, erase_if_due, plan_erasures, restore_lead};
use application::lead::temperature_job::{Cooled, announce_temperatures};
use application::ports::due::{DueWork, Hint};
use application::queue_messages::{FoldChanges, Queue};
use application::spend::left_over::{BROKEN_OFF, settle_left_over};
use application::tasks::recordings::{OldRecordingPorts, delete_old_recordings};
use application::{Ports, StoreError};
use domain::campaign::trigger_rule::{OnlyIf, Trigger, TriggerAction, TriggerRule, TriggerRules};
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::engagement::Decaying;
use domain::lead::enrichment::Deliverability;
use domain::lead::stage::StageId;
use domain::lead::{Lead, Temperature};
use domain::spend::{BookingOutcome, Reservation, SpendSettings, Tally, Usd};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::recording::{CallRecording, RecordingState};
use domain::{AccountId, CallId, CampaignId, LeadId, RuleId, UserId, WorkspaceId};
use jiff::SignedDuration;
use test_stage::Stage;

const TEN_MINUTES: SignedDuration = SignedDuration::from_mins(10);

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        Self { stage, workspace }
    }

    /// A verified lead with a website scores 15 points for what it is, and `heat` for what it did.
    async fn lead(&self, name: &str, heat: f64) -> LeadId {
        let now = self.stage.ports.clock().now();
        let mut lead = Lead::blank(LeadId::derived(now, &[name]), self.workspace.clone(), now);
        lead.email = EmailAddress::parse(&format!("{name}@one.example")).ok();
        lead.deliverability = Some(Deliverability::Deliverable);
        lead.website = Some("https://one.example".to_owned());
        if heat > 0.0 {
            lead.engagement.heat = Some(Decaying { value: heat, at: now });
            lead.engagement.last_action_at = Some(now);
        }
        let event = Event::system(EventKind::LeadCreated, now);
        self.stage.ports.leads().create(&lead, &event).await.unwrap();
        lead.id
    }

    async fn night(&self) -> Cooled {
        let app = App::new(&self.stage.ports);
        announce_temperatures(&app.ports, self.stage.ports.clock().now() + TEN_MINUTES).await.unwrap()
    }

    async fn announced(&self, lead: &LeadId) -> (Temperature, u64) {
        let lead = self.stage.ports.leads().get(&self.workspace, lead).await.unwrap();
        (lead.announced_temperature, lead.rev)
    }
}

#[tokio::test]
async fn warm_lead_cools_only_five_points_below_the_threshold() {
    let scene = Scene::new().await;
    let lead = scene.lead("ann", 28.0).await;
    let quiet = scene.lead("bob", 0.0).await;
    assert_eq!(scene.night().await, Cooled { looked_at: 2, announced: 1, left: 0 });
    assert_eq!(scene.announced(&lead).await, (Temperature::Warm, 2));
    // Below 40, but by less than five points: the lead stays warm and nothing is written.
    scene.stage.advance(SignedDuration::from_hours(24 * 5));
    assert_eq!(scene.night().await.announced, 0);
    assert_eq!(scene.announced(&lead).await, (Temperature::Warm, 2));
    scene.stage.advance(SignedDuration::from_hours(24 * 9));
    assert_eq!(scene.night().await.announced, 1);
    assert_eq!(scene.announced(&lead).await, (Temperature::Cold, 3));
    assert_eq!(scene.night().await.announced, 0);
    assert_eq!(scene.announced(&quiet).await, (Temperature::Cold, 1));
}

#[tokio::test]
async fn leads_not_reached_in_time_are_counted() {
    let scene = Scene::new().await;
    scene.lead("ann", 28.0).await;
    let app = App::new(&scene.stage.ports);
    let cooled = announce_temperatures(&app.ports, scene.stage.ports.clock().now()).await.unwrap();
    assert_eq!(cooled, Cooled { looked_at: 0, announced: 0, left: 1 });
}

#[tokio::test]
async fn nightly_run_reads_every_page() {
    let scene = Scene::new().await;
    for n in 0..510 {
        scene.lead(&format!("lead-{n}"), if n % 100 == 0 { 30.0 } else { 0.0 }).await;
    }
    assert_eq!(scene.night().await, Cooled { looked_at: 510, announced: 6, left: 0 });
}

#[tokio::test]
async fn each_workspace_has_a_fold_ordered_at_night() {
    let scene = Scene::new().await;
    let (other, _) = scene.stage.workspace("southquay").await;
    let nightly = DailyFoldPorts::new(&scene.stage.ports);
    assert_eq!(order_daily_folds(&nightly).await.unwrap(), 2);
    let orders = scene.stage.messages(Queue::Folds).into_iter();
    let mut orders: Vec<FoldChanges> = orders.map(|order| serde_json::from_value(order).unwrap()).collect();
    orders.sort_by_key(|order| order.workspace != scene.workspace);
    let order = |workspace| FoldChanges { workspace, is_daily: true };
    assert_eq!(orders, [order(scene.workspace.clone()), order(other)]);
}

/// Returns the leads that are to be erased, by the hints that are due within an hour.
async fn erasures(scene: &Scene) -> Vec<LeadId> {
    let ports = &scene.stage.ports;
    let soon = ports.clock().now() + SignedDuration::from_hours(1);
    let due = ports.due().due(soon, 100).await.unwrap();
    let hints = due.iter().flat_map(|packed| &packed.hints);
    let leads = hints.filter_map(|hint| match &hint.what {
        DueWork::Erase { lead, .. } => Some(lead.clone()),
        _ => None,
    });
    leads.collect()
}

#[tokio::test]
async fn lead_is_erased_thirty_days_after_its_deletion_unless_it_was_restored() {
    let scene = Scene::new().await;
    let (early, late, restored) =
        (scene.lead("ann", 0.0).await, scene.lead("bob", 0.0).await, scene.lead("cy", 0.0).await);
    let ports = &scene.stage.ports;
    let deletion = DeletionPorts::new(ports);
    for lead in [&early, &restored] {
        delete_lead(&deletion, (&scene.workspace, lead), None).await.unwrap();
    }
    restore_lead(&deletion, (&scene.workspace, &restored), None).await.unwrap();
    scene.stage.advance(SignedDuration::from_hours(24 * 10));
    delete_lead(&deletion, (&scene.workspace, &late), None).await.unwrap();
    let planned = async || {
        let until = ports.clock().now() + TEN_MINUTES;
        plan_erasures(&App::new(ports).deletion, until).await.unwrap()
    };
    scene.stage.advance(SignedDuration::from_hours(24 * 20));
    assert_eq!(planned().await, 0, "it can still be restored for an hour, by a clock that is behind");
    scene.stage.advance(SignedDuration::from_hours(2));
    assert_eq!(planned().await, 1);
    assert_eq!(erasures(&scene).await, std::slice::from_ref(&early));
    for lead in [&early, &late, &restored] {
        erase_if_due(&deletion, &scene.workspace, lead).await.unwrap();
    }
    let leads = ports.leads_with_deleted();
    assert!(matches!(leads.get(&scene.workspace, &early).await, Err(StoreError::NotFound)));
    assert!(leads.get(&scene.workspace, &late).await.unwrap().is_deleted());
    assert!(!leads.get(&scene.workspace, &restored).await.unwrap().is_deleted());
}

#[tokio::test]
async fn reservation_of_broken_work_is_settled_in_full_after_a_day() {
    let scene = Scene::new().await;
    let (spend, workspace) = (scene.stage.ports.spend(), &scene.workspace);
    let settings = SpendSettings::usual(workspace.clone());
    let made_at = scene.stage.ports.clock().now();
    let reserve = async |id: &str| {
        let now = scene.stage.ports.clock().now();
        let limits = vec![settings.month(made_at)];
        let amount = Usd::cents(7);
        let reservation =
            Reservation { workspace: workspace.clone(), id: id.to_owned(), limits, amount, made_at: now };
        spend.reserve(&reservation).await.unwrap();
    };
    let night = async || {
        let app = App::new(&scene.stage.ports);
        settle_left_over(&app.left_over, scene.stage.ports.clock().now() + TEN_MINUTES).await.unwrap()
    };
    reserve("broken").await;
    scene.stage.clock.advance_to(scene.stage.ports.clock().now() + SignedDuration::from_hours(23));
    reserve("under way").await;
    assert_eq!(night().await, 0);
    scene.stage.clock.advance_to(scene.stage.ports.clock().now() + SignedDuration::from_hours(1));
    assert_eq!((night().await, night().await), (1, 0));
    let month = spend.budgets_in_month(workspace, &CalendarMonth::at(made_at)).await.unwrap().remove(0);
    assert_eq!((month.spent, month.reserved), (Usd::cents(7), Usd::cents(7)));
    let lost = Tally { calls: 1, amount: Usd::cents(7) };
    assert_eq!(month.tallies[BROKEN_OFF][&BookingOutcome::Lost], lost);
}

#[tokio::test]
async fn recording_is_deleted_once_it_was_kept_for_the_workspaces_days() {
    let scene = Scene::new().await;
    let ports = &scene.stage.ports;
    let lead = scene.lead("ann", 0.0).await;
    let begun = ports.clock().now();
    let recorded = |name: &str| CallRecording {
        call: CallId::derived(&lead, &[name]),
        workspace: scene.workspace.clone(),
        user: UserId::derived(begun, &["maya"]),
        account: AccountId::derived(begun, &["twilio"]),
        provider_id: name.to_owned(),
        state: RecordingState::Ready,
        seconds: Some(62),
        made_at: ports.clock().now(),
        rev: 0,
    };
    let night = async || {
        let until = ports.clock().now() + TEN_MINUTES;
        delete_old_recordings(&OldRecordingPorts::new(ports), until).await.unwrap()
    };
    ports.calls().save_recording(&recorded("RE1"), None).await.unwrap();
    scene.stage.advance(SignedDuration::from_hours(24 * 89));
    ports.calls().save_recording(&recorded("RE2"), None).await.unwrap();
    assert_eq!(night().await, 0);
    scene.stage.advance(SignedDuration::from_hours(25));
    assert_eq!((night().await, night().await), (1, 0));
    let states = ports.calls().recordings_of(&scene.workspace, &lead).await.unwrap();
    let state = |id: &str| states.iter().find(|found| found.provider_id == id).unwrap().state;
    assert_eq!((state("RE1"), state("RE2")), (RecordingState::Deleted, RecordingState::Ready));
    let due = ports.due().due(ports.clock().now(), 10).await.unwrap();
    let hints: Vec<DueWork> = due.into_iter().flat_map(|pack| pack.hints).map(|hint| hint.what).collect();
    let (workspace, account) = (scene.workspace.clone(), recorded("RE1").account);
    assert_eq!(hints, [DueWork::DeleteRecording { workspace, account, provider_id: "RE1".to_owned() }]);
}

#[tokio::test]
async fn leads_that_went_quiet_lately_are_brought_to_their_rule() {
    let scene = Scene::new().await;
    let now = scene.stage.ports.clock().now();
    let ann = scene.lead("ann", 0.0).await;
    for (name, change) in [("dated", 0), ("lost", 1), ("closed", 2), ("active", 3)] {
        let id = scene.lead(name, 0.0).await;
        let mut lead = scene.stage.ports.leads().get(&scene.workspace, &id).await.unwrap();
        match change {
            0 => lead.follow_up_at = Some(now),
            1 => lead.status = StageId::LOST,
            2 => lead.do_not_contact = true,
            _ => lead.active = [CampaignId::derived(now, &["warm"])].into(),
        }
        let event = Event::system(EventKind::LeadChanged, now);
        scene.stage.ports.leads().save(&lead, &event).await.unwrap();
    }
    scene.stage.record_changes().await;
    let rule = |name: &str, when, enabled| TriggerRule {
        id: RuleId::derived(now, &[name]),
        name: name.to_owned(),
        when,
        only: OnlyIf::default(),
        actions: vec![TriggerAction::SetFollowUp { working_days: 1, note: String::new() }],
        enabled,
        created_by: UserId::derived(now, &["maya"]),
        created_at: now,
    };
    let quiet = Trigger::NoActivity { days: 14 };
    let mut tagged = rule("tagged", quiet, true);
    tagged.only.tag = vec!["fair".to_owned()];
    let mut young = rule("young", quiet, true);
    young.created_at = now + SignedDuration::from_hours(24 * 14 + 1);
    let [off, hot] = [rule("off", quiet, false), rule("hot", Trigger::TurnedHot {}, true)];
    let rules = vec![rule("quiet", quiet, true), tagged, young, off, hot];
    let kept = scene.stage.ports.rules().get(&scene.workspace).await.unwrap();
    let event = Event::system(EventKind::RuleCreated, now);
    scene.stage.ports.rules().save(&TriggerRules { rules, ..kept }, &event).await.unwrap();
    let due = async || {
        scene.night().await;
        let far = "2027-12-31T00:00:00Z".parse().unwrap();
        let packs = scene.stage.ports.due().due(far, 100).await.unwrap();
        scene.stage.ports.due().delete(&packs).await.unwrap();
        packs.into_iter().flat_map(|pack| pack.hints).collect::<Vec<_>>()
    };
    scene.stage.advance(SignedDuration::from_hours(24 * 14 - 1));
    assert_eq!(due().await, []);
    let night = scene.stage.advance(SignedDuration::from_hours(1));
    let (workspace, lead, rule) = (scene.workspace.clone(), ann, RuleId::derived(now, &["quiet"]));
    let what = DueWork::JudgeRule { workspace, lead, rule, since: now };
    assert_eq!(due().await, [Hint { at: night, what: what.clone() }]);
    let next = scene.stage.advance(SignedDuration::from_hours(36));
    assert_eq!(due().await, [Hint { at: next, what }], "a night may have failed");
    scene.stage.advance(SignedDuration::from_hours(24));
    assert_eq!(due().await, [], "it has been quiet for too long");
}
