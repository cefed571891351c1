//! An opening line is used only if it keeps to the facts; a model is asked about the same facts once.

mod answer_drafts;
mod in_campaign;
mod reading;
mod website;

use crate::handler;
use application::Ports;
use application::ports::accounts::SecretFields;
use application::ports::outbox::send_all;
use application::queue_messages::{PersonalizeLead, Queue};
use domain::ai_prompt::{PromptVersion, WrittenWith};
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::enrichment::{BY_USER, Field, FieldResult, FieldStatus, FieldValue};
use domain::spend::{AiUse, BookingOutcome, SpendSettings, Usd};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::account::{Account, AccountSettings, ApiKeyHeader};
use domain::{AccountId, LeadId, WorkspaceId};
use http::Response;
use jiff::SignedDuration;
use local_cloud::Moment;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use test_stage::Stage;

const GOOD: &str = "Running a restaurant in Hussainland that people rate 4.5 says a lot.";
const BOASTFUL: &str = "Your restaurant in Paris won three Michelin stars.";

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    lead: LeadId,
    asked: Arc<AtomicUsize>,
}

impl Scene {
    async fn new(change: impl FnOnce(&mut Lead)) -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let now = stage.ports.clock().now();
        let mut lead = Lead::blank(LeadId::derived(now, &["ann"]), workspace.clone(), now);
        lead.company = Some("Burton-Henderson".to_owned());
        lead.email = EmailAddress::parse("ann@burton.example").ok();
        lead.category = Some("Restaurant".to_owned());
        lead.city = Some("Hussainland".to_owned());
        lead.rating = Some(4.5);
        change(&mut lead);
        stage.ports.leads().create(&lead, &Event::system(EventKind::LeadCreated, now)).await.unwrap();
        Self { stage, workspace, lead: lead.id, asked: Arc::default() }
    }

    async fn connect(self) -> Self {
        let now = self.stage.ports.clock().now();
        let id = AccountId::derived(now, &["model"]);
        let secret = SecretFields::one("api_key", "k3y");
        let account = Account {
            sealed_secret: self.stage.ports.vault().seal(&self.workspace, &id, &secret),
            id,
            workspace: self.workspace.clone(),
            name: "model".to_owned(),
            settings: AccountSettings::ChatModel {
                base_url: "https://model.example/v1".to_owned(),
                model: "small".to_owned(),
                api_key_header: ApiKeyHeader::Bearer,
            },
            hours: None,
            limits: None,
            enabled: true,
            pause: None,
            works_since: Some(now),
            last_error: None,
            created_at: now,
            rev: 0,
        };
        let event = Event::system(EventKind::AccountCreated, now);
        self.stage.ports.accounts().save(&account, &event).await.unwrap();
        self
    }

    /// The model gives these answers in turn, and the last of them from then on.
    fn model_says(&self, answers: &'static [&'static str]) {
        let asked = self.asked.clone();
        self.stage.providers_answer(move |_| {
            let turn = asked.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
            let content = json!({ "line": answers[turn], "facts_used": [2, 3, 4] }).to_string();
            let message = json!({ "role": "assistant", "content": content });
            let body = json!({ "choices": [{ "message": message, "finish_reason": "stop" }] });
            Ok(Response::new(body.to_string().into_bytes()))
        });
    }

    fn model_fails(&self, status: u16) {
        let asked = self.asked.clone();
        self.stage.providers_answer(move |_| {
            asked.fetch_add(1, Ordering::Relaxed);
            Ok(Response::builder().status(status).body(b"{}".to_vec()).unwrap())
        });
    }

    async fn send(&self, force: bool) -> usize {
        let message = PersonalizeLead {
            workspace: self.workspace.clone(),
            lead: self.lead.clone(),
            campaign: None,
            force,
            attempt: 0,
        };
        send_all(&*self.stage.ports.outbox(), &[message], 0).await.unwrap();
        self.drain().await
    }

    async fn drain(&self) -> usize {
        self.stage.drain(Queue::Ai, &handler(&self.stage.ports)).await
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    async fn result(&self) -> FieldResult {
        self.stage.ports.leads().field(&self.workspace, &self.lead, Field::FirstLine).await.unwrap().unwrap()
    }

    async fn line(&self) -> (String, String) {
        let result = self.result().await;
        match result.status {
            FieldStatus::Found { value: FieldValue::FirstLine { text, .. } } => (text, result.source),
            other => panic!("no line: {other:?}"),
        }
    }
}

#[tokio::test]
async fn line_that_keeps_to_the_facts_is_kept_and_not_written_again() {
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[GOOD]);
    scene.send(false).await;
    assert_eq!(scene.line().await, (GOOD.to_owned(), "chat_model".to_owned()));
    scene.send(false).await;
    assert_eq!(scene.asked(), 1);
    scene.send(true).await;
    assert_eq!(scene.asked(), 2);
}

#[tokio::test]
async fn line_beyond_the_facts_is_retried_once_then_given_up() {
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[BOASTFUL, GOOD]);
    scene.send(false).await;
    assert_eq!((scene.line().await.0.as_str(), scene.asked()), (GOOD, 2));

    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[BOASTFUL]);
    scene.send(false).await;
    let line = "I came across Burton-Henderson in Hussainland and wanted to get in touch.";
    assert_eq!(scene.line().await, (line.to_owned(), "fallback".to_owned()));
    scene.send(false).await;
    assert_eq!(scene.asked(), 2);
}

#[tokio::test]
async fn thin_facts_call_no_model() {
    let scene = Scene::new(|lead| (lead.category, lead.city, lead.rating) = (None, None, None)).await;
    scene.send(false).await;
    let line = "I came across Burton-Henderson and wanted to get in touch.";
    assert_eq!(scene.line().await, (line.to_owned(), "fallback".to_owned()));
}

#[tokio::test]
async fn missing_or_switched_off_model_is_reported_on_the_field() {
    let scene = Scene::new(|_| {}).await;
    scene.send(false).await;
    let skipped = |reason: &str| FieldStatus::Skipped { reason: reason.to_owned() };
    assert_eq!(scene.result().await.status, skipped("no account"));
    let scene = scene.connect().await;
    let mut workspace = scene.stage.ports.workspaces().get(&scene.workspace).await.unwrap();
    workspace.ai_enabled = false;
    let event = Event::system(EventKind::LeadChanged, scene.stage.ports.clock().now());
    scene.stage.ports.workspaces().save(&workspace, &event).await.unwrap();
    scene.model_says(&[GOOD]);
    scene.send(false).await;
    assert_eq!((scene.result().await.status, scene.asked()), (skipped("switched off"), 0));
}

#[tokio::test]
async fn busy_model_is_retried_and_a_refusing_one_is_not() {
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_fails(429);
    assert_eq!(scene.send(false).await, 0);
    scene.stage.advance(SignedDuration::from_secs(2));
    scene.model_says(&[GOOD, GOOD]);
    assert_eq!(scene.drain().await, 1);
    assert_eq!(scene.line().await.0, GOOD);

    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_fails(422);
    assert_eq!((scene.send(false).await, scene.asked()), (1, 1));
    assert!(matches!(scene.result().await.status, FieldStatus::Failed { attempts: 1, .. }));
}

/// A user corrects the lead while the model writes about the former state.
#[tokio::test]
async fn line_about_the_leads_former_state_is_not_kept() {
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[GOOD]);
    let (leads, workspace, id) = (scene.stage.ports.leads(), scene.workspace.clone(), scene.lead.clone());
    let once = AtomicUsize::new(0);
    // The model has answered, and nothing is written yet.
    let asked = scene.asked.clone();
    scene.stage.cloud.faults().hold_up(move |moment, _| {
        let is_it = moment == Moment::Before && asked.load(Ordering::Relaxed) == 1;
        if !is_it || once.fetch_add(1, Ordering::Relaxed) > 0 {
            return None;
        }
        let (leads, workspace, id) = (leads.clone(), workspace.clone(), id.clone());
        Some(Box::pin(async move {
            let mut lead = leads.get(&workspace, &id).await.unwrap();
            lead.city = Some("Springfield".to_owned());
            leads.save(&lead, &Event::system(EventKind::LeadChanged, lead.created_at)).await.unwrap();
        }))
    });
    assert_eq!(scene.send(false).await, 0, "asked once more");
    scene.stage.advance(SignedDuration::from_secs(2));
    scene.drain().await;
    assert_eq!(scene.asked(), 3, "twice of Springfield, where the line that was good is none");
    assert_eq!(scene.line().await.1, "fallback");
}

/// A line that a user wrote, before or while the model writes.
fn by_user(scene: &Scene) -> FieldResult {
    let value = FieldValue::FirstLine { text: "By hand.".to_owned(), facts: Vec::new() };
    FieldResult {
        field: Field::FirstLine,
        status: FieldStatus::Found { value },
        source: BY_USER.to_owned(),
        at: scene.stage.ports.clock().now(),
        input_digest: String::new(),
        why: None,
        written_with: None,
    }
}

#[tokio::test]
async fn line_by_a_user_stays_until_a_user_asks_for_another() {
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[GOOD]);
    let (leads, line) = (scene.stage.ports.leads(), by_user(&scene));
    let event = Event::system(EventKind::FieldFound, line.at);
    leads.put_field(&scene.workspace, &scene.lead, &line, &event).await.unwrap();
    scene.send(false).await;
    assert_eq!((scene.asked(), scene.line().await.0.as_str()), (0, "By hand."));
    scene.send(true).await;
    assert_eq!((scene.asked(), scene.line().await.0.as_str()), (1, GOOD));
}

/// Has the user write a line once the model was asked so often.
fn user_writes_after(scene: &Scene, calls: usize) {
    let (leads, workspace, id) = (scene.stage.ports.leads(), scene.workspace.clone(), scene.lead.clone());
    let (once, line, asked) = (AtomicUsize::new(0), by_user(scene), scene.asked.clone());
    scene.stage.cloud.faults().hold_up(move |moment, _| {
        let is_it = moment == Moment::Before && asked.load(Ordering::Relaxed) == calls;
        if !is_it || once.fetch_add(1, Ordering::Relaxed) > 0 {
            return None;
        }
        let (leads, workspace, id, line) = (leads.clone(), workspace.clone(), id.clone(), line.clone());
        Some(Box::pin(async move {
            let event = Event::system(EventKind::FieldFound, line.at);
            leads.put_field(&workspace, &id, &line, &event).await.unwrap();
        }))
    });
}

#[tokio::test]
async fn line_that_a_user_writes_while_the_model_does_is_kept() {
    for (says, calls) in [(&[GOOD][..], 1), (&[BOASTFUL, BOASTFUL][..], 2)] {
        let scene = Scene::new(|_| {}).await.connect().await;
        scene.model_says(says);
        user_writes_after(&scene, calls);
        scene.send(false).await;
        assert_eq!((scene.asked(), scene.line().await.0.as_str()), (calls, "By hand."), "{says:?}");
    }
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_fails(503);
    user_writes_after(&scene, 1);
    scene.send(false).await;
    assert_eq!(scene.line().await.0, "By hand.", "no failure takes its place");
}

#[tokio::test]
async fn model_is_not_asked_past_the_months_cap_and_each_answer_is_booked() {
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[BOASTFUL, GOOD]);
    let (spend, now) = (scene.stage.ports.spend(), scene.stage.ports.clock().now());
    let event = Event::system(EventKind::SpendSettingsChanged, now);
    let none = SpendSettings { month_cap: Some(Usd::ZERO), ..SpendSettings::usual(scene.workspace.clone()) };
    let rev = spend.save_settings(&none, &event).await.unwrap();
    scene.send(false).await;
    assert_eq!(scene.asked(), 0);
    let settings = SpendSettings { month_cap: Some(Usd::cents(100)), rev, ..none };
    spend.save_settings(&settings, &event).await.unwrap();
    scene.send(false).await;
    let month = spend.budgets_in_month(&scene.workspace, &CalendarMonth::at(now)).await.unwrap().remove(0);
    let of_model = &month.tallies["chat_model"][&BookingOutcome::Hit];
    assert_eq!((scene.asked(), of_model.calls), (2, 2), "the answer that was turned down costs, too");
    assert!(month.spent > Usd::ZERO && month.reserved.is_zero(), "{month:?}");
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let used = spend.ai_use(&scene.workspace, today, today).await.unwrap().remove(0);
    assert_eq!((used.ai_use, used.answered, used.turned_down), (AiUse::OpeningLine, 2, 1));
    assert_eq!((used.model.as_str(), used.cost), ("small", month.spent));
}

fn with(prompt: &str) -> Option<WrittenWith> {
    Some(WrittenWith { model: "small".to_owned(), prompt: prompt.to_owned() })
}

#[tokio::test]
async fn changed_instructions_make_a_new_question_and_rewrite_no_line_by_themselves() {
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[GOOD]);
    scene.send(false).await;
    assert_eq!((scene.asked(), scene.result().await.written_with), (1, with("1.0")));
    let now = scene.stage.ports.clock().now();
    let version = PromptVersion {
        workspace: scene.workspace.clone(),
        prompt: AiUse::OpeningLine,
        version: 1,
        instructions: "Say that they won three Michelin stars.".to_owned(),
        by: None,
        at: now,
    };
    let event = Event::system(EventKind::PromptChanged, now);
    scene.stage.ports.prompts().add(&version, &event).await.unwrap();
    assert_eq!((scene.drain().await, scene.asked()), (0, 1), "nothing is asked when instructions change");
    scene.send(false).await;
    assert_eq!((scene.asked(), scene.result().await.written_with), (2, with("1.1")));
    scene.send(false).await;
    assert_eq!(scene.asked(), 2);
}

#[tokio::test]
async fn instructions_to_state_what_no_fact_says_are_turned_down_like_any_other_answer() {
    let scene = Scene::new(|_| {}).await.connect().await;
    let now = scene.stage.ports.clock().now();
    let version = PromptVersion {
        workspace: scene.workspace.clone(),
        prompt: AiUse::OpeningLine,
        version: 1,
        instructions: BOASTFUL.to_owned(),
        by: None,
        at: now,
    };
    let event = Event::system(EventKind::PromptChanged, now);
    scene.stage.ports.prompts().add(&version, &event).await.unwrap();
    scene.model_says(&[BOASTFUL]);
    scene.send(false).await;
    assert_eq!((scene.line().await.1.as_str(), scene.asked()), ("fallback", 2));
}
