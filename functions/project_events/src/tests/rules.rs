//! What happens to a lead outside of what is ingested is ordered for the rules that wait for it, and for no other.

use super::{Scene, all_done};
use application::lead::rule_events::{RuleCause, RuleEvent, RuleEventPorts, order_rules};
use application::ports::due::{DueWork, Hint};
use application::queue_messages::Queue;
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::campaign::trigger_rule::{Happened, OnlyIf, Trigger, TriggerAction, TriggerRule, TriggerRules};
use domain::contact::channel::Channel;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::engagement::{Action, Verdict};
use domain::lead::stage::StageId;
use domain::message::understanding::{Intent, ReplyKind, Understanding};
use domain::message::{Direction, Message};
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{LeadId, MessageId, RuleId, TaskId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

impl Scene {
    async fn rules(&self, triggers: &[Trigger]) -> Vec<RuleId> {
        let now = self.stage.clock.now();
        let rule = |(n, when): (usize, &Trigger)| TriggerRule {
            id: RuleId::derived(now, &[&n.to_string()]),
            name: format!("Rule {n}"),
            when: *when,
            only: OnlyIf::default(),
            actions: vec![TriggerAction::SetFollowUp { working_days: 1, note: String::new() }],
            enabled: true,
            created_by: UserId::derived(now, &["maya"]),
            created_at: now,
        };
        let rules: Vec<_> = triggers.iter().enumerate().map(rule).collect();
        let ids = rules.iter().map(|rule| rule.id.clone()).collect();
        let kept = self.stage.ports.rules().get(&self.workspace).await.unwrap();
        let event = Event::system(EventKind::RuleCreated, now);
        self.stage.ports.rules().save(&TriggerRules { rules, ..kept }, &event).await.unwrap();
        ids
    }

    /// What the stream orders from here on.
    async fn orders(&self, from: usize) -> Vec<Value> {
        assert_eq!(self.project(&self.stage.stream()[from..]).await, all_done());
        let orders = self.stage.messages(Queue::Enrolments).into_iter();
        orders
            .filter(|order| order["do"] == "carry_out_rules")
            .map(|order| order["happened"].clone())
            .collect()
    }

    async fn hints(&self) -> Vec<Hint> {
        let far = "2027-12-31T00:00:00Z".parse().unwrap();
        let packs = self.stage.ports.due().due(far, 10).await.unwrap();
        let hints = packs.into_iter().flat_map(|pack| pack.hints);
        hints.filter(|hint| matches!(hint.what, DueWork::JudgeRule { .. })).collect()
    }

    async fn lead_named(&self, name: &str) -> Lead {
        let id = LeadId::derived(self.stage.clock.now(), &[name]);
        self.stage.ports.leads().get(&self.workspace, &id).await.unwrap()
    }

    async fn save_lead(&self, lead: &Lead) {
        let event = Event::system(EventKind::LeadChanged, self.stage.clock.now());
        self.stage.ports.leads().save(lead, &event).await.unwrap();
    }

    async fn close(&self, task: &mut Task, outcome: TaskOutcome) {
        let now = self.stage.clock.now();
        task.close(outcome, now);
        task.rev =
            self.stage.ports.tasks().save(task, &Event::system(EventKind::TaskDone, now)).await.unwrap();
    }
}

fn call(lead: &Lead, name: &str, kind: TaskKind, at: Timestamp) -> Task {
    Task::about(lead, TaskId::derived(&lead.id, &[name]), kind, "Call".to_owned(), at)
}

#[tokio::test]
async fn call_is_ordered_when_it_ends_as_a_rule_waits_for() {
    let scene = Scene::new().await;
    let (ann, now) = (scene.lead_named("ann").await, scene.stage.clock.now());
    let mut before = call(&ann, "before", TaskKind::Call, now);
    scene.close(&mut before, TaskOutcome::NoAnswer).await;
    assert_eq!(scene.orders(0).await, Vec::<Value>::new(), "there are no rules");
    scene.rules(&[Trigger::CallEnded { outcome: TaskOutcome::NoAnswer }]).await;
    let from = scene.stage.stream().len();
    let mut reached = call(&ann, "reached", TaskKind::Call, now);
    scene.close(&mut reached, TaskOutcome::Connected).await;
    let mut mail = call(&ann, "mail", TaskKind::Email, now);
    scene.close(&mut mail, TaskOutcome::NoAnswer).await;
    assert_eq!(scene.orders(from).await, Vec::<Value>::new());
    let from = scene.stage.stream().len();
    scene.close(&mut reached, TaskOutcome::NoAnswer).await;
    reached.note = Some("Nobody there".to_owned());
    scene.close(&mut reached, TaskOutcome::NoAnswer).await;
    let order = json!({"event": "call_ended", "task": reached.id, "outcome": "no_answer"});
    assert_eq!(scene.orders(from).await, [order], "a note is no new end");
}

#[tokio::test]
async fn move_to_a_stage_is_ordered_and_a_stage_without_a_rule_is_not() {
    let scene = Scene::new().await;
    scene.rules(&[Trigger::StageReached { stage: StageId::QUALIFIED }]).await;
    let from = scene.stage.stream().len();
    for (name, stage) in [("ann", StageId::QUALIFIED), ("cy", StageId::REPLIED)] {
        let mut lead = scene.lead_named(name).await;
        lead.move_to(stage, scene.stage.clock.now());
        scene.save_lead(&lead).await;
    }
    assert_eq!(scene.orders(from).await, [json!({"event": "stage_reached", "stage": "qualified"})]);
}

#[tokio::test]
async fn answer_is_ordered_by_what_it_is_understood_as_also_when_that_is_corrected() {
    let scene = Scene::new().await;
    scene.rules(&[Trigger::Answered { intent: Intent::NotNow }]).await;
    let from = scene.stage.stream().len();
    let (ann, now) = (scene.lead_named("ann").await, scene.stage.clock.now());
    let id = MessageId::derived(&ann.id, &["in"]);
    let understood = |kind, intent| {
        let intent = Some(intent);
        Some(Understanding { intent, ..Understanding::by_rule(kind, "no_sign", "Perhaps next year") })
    };
    let mut message = Message {
        understood: understood(ReplyKind::Person, Intent::Neutral),
        ..Message::blank(id.clone(), scene.workspace.clone(), Direction::In, Channel::Email, now)
    };
    let event = Event::system(EventKind::LeadReplied, now);
    scene.stage.ports.messages().create(&message, &event).await.unwrap();
    assert_eq!(scene.orders(from).await, Vec::<Value>::new());
    let from = scene.stage.stream().len();
    message = scene.stage.ports.messages().get(&scene.workspace, &id).await.unwrap();
    message.understood = understood(ReplyKind::Person, Intent::NotNow);
    scene.stage.ports.messages().save(&message, &event).await.unwrap();
    let order = json!({"event": "answered", "message": id, "intent": "not_now"});
    assert_eq!(scene.orders(from).await, [order]);
}

#[tokio::test]
async fn sequence_that_has_done_all_its_steps_leaves_a_hint_and_one_that_a_reply_ended_does_not() {
    let scene = Scene::new().await;
    let rules = scene.rules(&[Trigger::SequenceEnded {}]).await;
    let sequence = scene.stage.sequence(&scene.workspace, Channel::Email, &["Hello"]).await;
    let campaign = scene.stage.campaign("Warm", &sequence, CampaignState::Active, |_| {}).await;
    let from = scene.stage.stream().len();
    for (name, reason) in [("ann", EndReason::Finished), ("cy", EndReason::Replied)] {
        let lead = scene.lead_named(name).await;
        let mut enrolment = scene.stage.enrolment(&campaign, &sequence, &lead.id).await;
        enrolment.end(reason, scene.stage.clock.now());
        let event = Event::system(EventKind::EnrolmentEnded, scene.stage.clock.now());
        scene.stage.ports.enrolments().finish(&enrolment, None, &event).await.unwrap();
    }
    assert_eq!(scene.orders(from).await, Vec::<Value>::new());
    let (workspace, since) = (scene.workspace.clone(), scene.stage.clock.now());
    let (lead, rule) = (scene.lead_named("ann").await.id, rules[0].clone());
    let hints = scene.hints().await;
    assert_eq!(hints.len(), 1);
    assert_eq!(hints[0].at, "2026-11-25T09:00:00Z".parse::<Timestamp>().unwrap());
    assert_eq!(hints[0].what, DueWork::JudgeRule { workspace, lead, rule, since });
}

#[tokio::test]
async fn visit_leaves_a_hint_for_the_morning_by_which_the_lead_should_have_replied() {
    let scene = Scene::new().await;
    let mut ann = scene.lead_named("ann").await;
    let viewed_at = scene.stage.clock.now() + SignedDuration::from_hours(2);
    let visit = |lead: &mut Lead, event: &str, session: &str, at| {
        let viewed = Action::PreviewViewed { session: session.to_owned() };
        assert!(lead.engagement.record(event, &viewed, Verdict::Human, at).counted);
    };
    let rules = scene.rules(&[Trigger::PreviewUnanswered { working_days: 2 }]).await;
    let from = scene.stage.stream().len();
    visit(&mut ann, "v1", "s1", viewed_at);
    scene.save_lead(&ann).await;
    let mut again = scene.lead_named("ann").await;
    visit(&mut again, "v2", "s1", viewed_at + SignedDuration::from_mins(1));
    scene.save_lead(&again).await;
    let mut anew = scene.lead_named("ann").await;
    visit(&mut anew, "v3", "s2", viewed_at + SignedDuration::from_hours(2));
    scene.save_lead(&anew).await;
    assert_eq!(scene.orders(from).await, Vec::<Value>::new());
    let hints = scene.hints().await;
    let (workspace, lead, rule) = (scene.workspace.clone(), ann.id.clone(), rules[0].clone());
    assert_eq!(hints.len(), 1, "visits of one day have one morning");
    assert_eq!(hints[0].at, "2026-11-24T09:00:00Z".parse::<Timestamp>().unwrap());
    assert_eq!(hints[0].what, DueWork::JudgeRule { workspace, lead, rule, since: viewed_at });
}

#[tokio::test]
async fn closed_task_and_message_by_hand_leave_a_hint_for_when_nothing_else_may_have_happened() {
    let scene = Scene::new().await;
    let (ann, now) = (scene.lead_named("ann").await, scene.stage.clock.now());
    let rules = scene.rules(&[Trigger::NoActivity { days: 14 }]).await;
    let from = scene.stage.stream().len();
    let mut done = call(&ann, "done", TaskKind::Call, now);
    scene.close(&mut done, TaskOutcome::NoAnswer).await;
    done.note = Some("Nobody there".to_owned());
    scene.close(&mut done, TaskOutcome::NoAnswer).await;
    let mut cancelled = call(&ann, "cancelled", TaskKind::Call, now);
    scene.close(&mut cancelled, TaskOutcome::Cancelled).await;
    let sent = now - SignedDuration::from_hours(1);
    let id = MessageId::derived(&ann.id, &["out"]);
    let out = Message::blank(id, scene.workspace.clone(), Direction::Out, Channel::Email, sent);
    let event = Event::system(EventKind::MessageAccepted, now);
    scene.stage.ports.messages().create(&Message { accepted_at: Some(sent), ..out }, &event).await.unwrap();
    assert_eq!(scene.orders(from).await, Vec::<Value>::new());
    let mut hints = scene.hints().await;
    hints.sort_by_key(|hint| hint.at);
    let expected = [sent, now].map(|since| {
        let (workspace, lead, rule) = (scene.workspace.clone(), ann.id.clone(), rules[0].clone());
        let what = DueWork::JudgeRule { workspace, lead, rule, since };
        Hint { at: since + SignedDuration::from_hours(24 * 14), what }
    });
    assert_eq!(hints, expected);
}

#[tokio::test]
async fn workspace_that_is_gone_does_not_keep_the_others_from_their_orders() {
    let scene = Scene::new().await;
    scene
        .rules(&[
            Trigger::PreviewUnanswered { working_days: 2 },
            Trigger::StageReached { stage: StageId::QUALIFIED },
        ])
        .await;
    let (ann, at) = (scene.lead_named("ann").await.id, scene.stage.clock.now());
    // Its id sorts before the other.
    let gone = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["gone"]);
    let rules = scene.stage.ports.rules().get(&scene.workspace).await.unwrap().rules;
    let event = Event::system(EventKind::RuleCreated, at);
    let rules = TriggerRules { rules, ..TriggerRules::none(gone.clone()) };
    scene.stage.ports.rules().save(&rules, &event).await.unwrap();
    let reached = Happened::StageReached { stage: StageId::QUALIFIED };
    let event = |workspace: &WorkspaceId, what| RuleEvent {
        workspace: workspace.clone(),
        lead: ann.clone(),
        what,
        at,
    };
    let events = vec![
        event(&gone, RuleCause::PreviewViewed { before: None }),
        event(&scene.workspace, RuleCause::Happened(reached)),
    ];
    order_rules(&RuleEventPorts::new(&scene.stage.ports), events).await.unwrap();
    let orders = scene.stage.messages(Queue::Enrolments);
    assert_eq!(orders.iter().filter(|order| order["do"] == "carry_out_rules").count(), 1);
}
