//! A workspace's trigger rules: each is carried out once per occasion, whatever fails.

use super::*;
use domain::RuleId;
use domain::campaign::enrol_progress::EnrolOutcome;
use domain::campaign::trigger_rule::{Deed, OnlyIf, Trigger, TriggerAction, TriggerRule, TriggerRules};
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};

fn visits(world: &World) -> Vec<IngestEvent> {
    let visit = |n: i64| Action::PreviewViewed { session: format!("s{n}") };
    (0..3).map(|n| world.tracked(&format!("v{n}"), visit(n), n - 2)).collect()
}

fn click(world: &World, n: usize) -> IngestEvent {
    // Two clicks on one link within seconds are one.
    let minutes = 2 * i64::try_from(n).unwrap();
    world.tracked(&format!("c{n}"), Action::Clicked { url: "https://offer.example/a".to_owned() }, minutes)
}

impl World {
    fn rule(&self, n: u32, when: Trigger, actions: Vec<TriggerAction>) -> TriggerRule {
        let now = self.stage.clock.now();
        TriggerRule {
            id: RuleId::derived(now, &[&n.to_string()]),
            name: format!("Rule {n}"),
            when,
            only: OnlyIf::default(),
            actions,
            enabled: true,
            created_by: self.user.clone(),
            created_at: now,
        }
    }

    async fn keep(&self, rules: Vec<TriggerRule>) {
        let kept = self.stage.ports.rules().get(&self.workspace).await.unwrap();
        let event = Event::system(EventKind::RuleCreated, self.stage.clock.now());
        self.stage.ports.rules().save(&TriggerRules { rules, ..kept }, &event).await.unwrap();
    }

    /// Makes rules for leads who turn hot or reply positively: their enrolments end, they are enrolled in
    /// another campaign, and a user gets a notification and a task.
    pub(super) async fn make_rules(&self) {
        let sequence = self.stage.sequence(&self.workspace, Channel::Sms, &["welcome"]).await;
        let sender = |campaign: &mut Campaign| campaign.sms_sender = Some(self.texts.clone());
        let next = self.stage.campaign("Warm", &sequence, CampaignState::Active, sender).await;
        let all = vec![
            TriggerAction::Notify {},
            TriggerAction::CreateTask { title: "Ring them".to_owned() },
            TriggerAction::Enrol { campaign: next.id },
            TriggerAction::Stop {},
        ];
        let twice = Trigger::Did { what: Deed::Clicked, times: 2 };
        self.keep(vec![
            self.rule(1, Trigger::TurnedHot {}, all.clone()),
            self.rule(2, Trigger::AnsweredPositively {}, all),
            self.rule(3, twice, vec![TriggerAction::Notify {}]),
        ])
        .await;
    }

    /// Fails after the rule's actions are done and before that is recorded.
    fn break_off_before_the_note(&self) {
        self.stage.cloud.faults().inject(|moment, call| {
            let word = b"rule_carried_out";
            let is_note = moment == Moment::Before && call.body.windows(word.len()).any(|at| at == word);
            is_note.then(|| Fault::Fail { status: 400, code: "Dead".to_owned(), message: String::new() })
        });
    }

    async fn effects(&self) -> Vec<String> {
        let file = self.stage.ports.leads().file(&self.workspace, &self.lead).await.unwrap();
        let kinds = file.activities.into_iter().map(|activity| activity.kind);
        let told = kinds.filter(|kind| matches!(kind, ActivityKind::RuleCarriedOut { .. }));
        told.map(|kind| format!("{kind:?}")).collect()
    }

    async fn read_units(&self, events: &[IngestEvent]) -> f64 {
        let before = self.stage.cloud.ledger().snapshot();
        for event in events {
            ingest(&self.app.ports, event).await.unwrap();
        }
        self.stage.cloud.ledger().since(&before).read_units()
    }
}

#[tokio::test]
async fn hot_lead_rule_interrupted_at_any_call_runs_once() {
    is_as_if_once(true, visits, "task Ring them").await;
}

#[tokio::test]
async fn reply_rule_interrupted_at_any_call_runs_once() {
    is_as_if_once(true, |world| vec![world.text("Yes please call me tomorrow")], "told Rule 2: Ann").await;
}

#[tokio::test]
async fn hot_lead_rule_ends_enrolments_and_enrols_elsewhere() {
    let world = World::new().await;
    world.make_rules().await;
    for event in visits(&world) {
        ingest(&world.app.ports, &event).await.unwrap();
    }
    let file = world.stage.ports.leads().file(&world.workspace, &world.lead).await.unwrap();
    let ended =
        file.enrolments.iter().filter(|one| matches!(*one.state(), EnrolmentState::Ended { .. })).count();
    assert_eq!((ended, file.enrolments.len()), (1, 2));
    let effects = world.effects().await;
    assert_eq!(effects.len(), 1);
    for part in ["Rule 1", "Stopped", "outcome: Enrolled", "Ring them", "Notified"] {
        assert!(effects[0].contains(part), "{part}: {effects:?}");
    }
}

#[tokio::test]
async fn second_click_rule_runs_for_the_second_click_only() {
    let world = World::new().await;
    world.make_rules().await;
    for n in 1..=4 {
        ingest(&world.app.ports, &click(&world, n)).await.unwrap();
        assert_eq!(world.effects().await.len(), usize::from(n >= 2), "click {n}");
    }
}

/// Processing of the second click fails, and the third comes before it is delivered again.
#[tokio::test]
async fn second_click_rule_runs_though_the_third_click_overtakes() {
    let world = World::new().await;
    world.make_rules().await;
    ingest(&world.app.ports, &click(&world, 1)).await.unwrap();
    world.break_off_before_the_note();
    assert!(ingest(&world.app.ports, &click(&world, 2)).await.is_err());
    world.stage.cloud.faults().clear();
    ingest(&world.app.ports, &click(&world, 3)).await.unwrap();
    assert!(world.effects().await.is_empty());
    for _ in 0..2 {
        ingest(&world.app.ports, &click(&world, 2)).await.unwrap();
        assert_eq!(world.effects().await.len(), 1);
    }
}

#[tokio::test]
async fn click_rule_ignores_clicks_before_it_existed() {
    let world = World::new().await;
    let before: Vec<_> = (1..=3).map(|n| click(&world, n)).collect();
    for event in &before {
        ingest(&world.app.ports, event).await.unwrap();
    }
    world.stage.advance(SignedDuration::from_hours(1));
    world.make_rules().await;
    for event in before.into_iter().chain([click(&world, 4)]) {
        ingest(&world.app.ports, &event).await.unwrap();
    }
    assert!(world.effects().await.is_empty());
}

/// One rule enrols the lead, and a later rule stops it.
#[tokio::test]
async fn stop_rule_spares_what_another_rule_enrolled() {
    let world = World::new().await;
    world.make_rules().await;
    let kept = world.stage.ports.rules().get(&world.workspace).await.unwrap().rules;
    let enrol = kept[0].actions.iter().find(|action| matches!(action, TriggerAction::Enrol { .. }));
    let [enrols, stops] = [enrol.unwrap().clone(), TriggerAction::Stop {}]
        .map(|action| world.rule(10 + u32::from(action.place()), Trigger::TurnedHot {}, vec![action]));
    world.keep(vec![enrols, stops]).await;
    for event in visits(&world) {
        ingest(&world.app.ports, &event).await.unwrap();
    }
    let file = world.stage.ports.leads().file(&world.workspace, &world.lead).await.unwrap();
    assert_eq!(file.lead.active.len(), 1, "{:?}", file.lead.active);
    let effects = world.effects().await.join("; ");
    assert!(effects.contains("Stopped") && effects.contains("outcome: Enrolled"), "{effects}");
    // This lead has no active enrolment.
    let world = World::new().await;
    world.make_rules().await;
    ingest(&world.app.ports, &world.text("Yes please call me tomorrow")).await.unwrap();
    let effects = world.effects().await.join("; ");
    assert!(effects.contains("Rule 2") && !effects.contains("Stopped"), "{effects}");
}

#[tokio::test]
async fn enrol_rule_reports_a_lead_enrolled_before_as_already() {
    let world = World::new().await;
    world.make_rules().await;
    let events = visits(&world);
    let (last, before) = events.split_last().unwrap();
    for event in before {
        ingest(&world.app.ports, event).await.unwrap();
    }
    world.break_off_before_the_note();
    assert!(ingest(&world.app.ports, last).await.is_err());
    world.stage.cloud.faults().clear();
    let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
    let enrolments = world.stage.ports.enrolments();
    enrolments.stop(&world.workspace, &world.lead, EndReason::Bounced, &event).await.unwrap();
    ingest(&world.app.ports, last).await.unwrap();
    let effects = world.effects().await.join("; ");
    assert!(effects.contains("outcome: Already") && effects.contains("Stopped"), "{effects}");
}

#[tokio::test]
async fn enrol_rule_shows_a_left_out_lead_on_the_timeline() {
    let world = World::new().await;
    world.make_rules().await;
    let entry = Suppression {
        workspace: world.workspace.clone(),
        scope: SuppressionScope::Phone(PHONE.to_owned()),
        reason: SuppressionReason::Manual,
        source: None,
        created_by: None,
        created_at: world.stage.clock.now(),
        expires_at: None,
        sign: None,
    };
    let event = Event::system(EventKind::AddressSuppressed, world.stage.clock.now());
    world.stage.ports.suppressions().put(&entry, &event).await.unwrap();
    for event in visits(&world) {
        ingest(&world.app.ports, &event).await.unwrap();
    }
    let outcome = format!("outcome: {:?}", EnrolOutcome::Suppressed);
    assert!(world.effects().await[0].contains(&outcome));
}

#[tokio::test]
async fn refusal_and_switched_off_rule_do_nothing() {
    let world = World::new().await;
    world.make_rules().await;
    ingest(&world.app.ports, &world.text("No thanks")).await.unwrap();
    let mut rules = world.stage.ports.rules().get(&world.workspace).await.unwrap().rules;
    rules.iter_mut().for_each(|rule| rule.enabled = false);
    world.keep(rules).await;
    for event in visits(&world) {
        ingest(&world.app.ports, &event).await.unwrap();
    }
    assert!(world.effects().await.is_empty());
}

#[tokio::test]
async fn rules_cost_one_read_for_events_they_could_match() {
    let time = |world: &World, n: i64| {
        let slice = Action::TimeOnPage { session: "s".to_owned(), seconds: 5 };
        world.tracked(&format!("t{n}"), slice, n)
    };
    let world = World::new().await;
    let without = world.read_units(&[world.tracked("o1", Action::Opened, 0)]).await;
    let slice = world.read_units(&[time(&world, 1)]).await;
    let other = Trigger::Did { what: Deed::PageViewed, times: 50 };
    world.keep((0..20).map(|n| world.rule(n, other, vec![TriggerAction::Notify {}])).collect()).await;
    let with = world.read_units(&[world.tracked("o2", Action::Opened, 0)]).await;
    // The workspace's own networks are two units more. Twenty rules are one item of a few units; without rules the read shows that there are none.
    assert!(with <= without + 2.0, "{with} with, {without} without");
    assert_eq!(world.read_units(&[time(&world, 2)]).await, slice);
    assert!(slice <= 3.0 && without <= 7.0, "{slice} and {without} read units");
}
