//! Chats: a template first, free words within a day of an answer, and nothing twice.

use super::scene::{World, answer};
use application::Ports;
use application::{Clock, StoreResult};
use domain::contact::channel::Channel;
use domain::contact::chat_recipient::ChatUser;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::{StopSign, Suppression, SuppressionReason, SuppressionScope};
use domain::message::{Direction, Message, MessageState};
use domain::sequence::Step;
use domain::sequence::step_kind::StepKind;
use domain::time::delay::{Delay, DelayUnit};
use domain::{AccountId, MessageId};
use http::{Request, Response};
use providers::transport::TransportError;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use test_stage::Stage;

fn taken() -> Response<Vec<u8>> {
    answer(200, &json!({ "messages": [{ "id": "wamid.1", "message_status": "accepted" }] }))
}

fn refused(code: u32) -> Response<Vec<u8>> {
    answer(400, &json!({ "error": { "message": "no", "type": "OAuthException", "code": code } }))
}

/// The requests that the provider was asked with.
/// The provider's answer.
type Answer = fn() -> Result<Response<Vec<u8>>, TransportError>;

async fn world(answer: Answer) -> (World, Arc<Mutex<Vec<Value>>>) {
    let greeting = StepKind::Whatsapp {
        template_name: "greeting".to_owned(),
        language: "en".to_owned(),
        body: "Hi {{ first_name }}, five minutes?".to_owned(),
        free_text: "Good to hear from you, {{ first_name }}.".to_owned(),
        variants: Vec::new(),
    };
    world_of(greeting, answer).await
}

async fn world_of(kind: StepKind, answer: Answer) -> (World, Arc<Mutex<Vec<Value>>>) {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let account = stage.whatsapp_account(&workspace).await;
    let sequence = stage.sequence(&workspace, Channel::Whatsapp, &[]).await;
    let step = |name: &str, days: u32| Step {
        id: domain::StepId::derived(jiff::Timestamp::UNIX_EPOCH, &[name]),
        delay: Delay { amount: days, unit: DelayUnit::Days },
        not_before: None,
        not_after: None,
        kind: kind.clone(),
    };
    let sequence = stage.steps(&sequence, vec![step("first", 0), step("second", 1)]).await;
    let world = World::enrolled(stage, workspace, Channel::Whatsapp, account, sequence).await;
    let asked: Arc<Mutex<Vec<Value>>> = Arc::default();
    let seen = asked.clone();
    world.provider_reading(move |request: &Request<Vec<u8>>| {
        seen.lock().unwrap().push(serde_json::from_slice(request.body()).unwrap());
        answer()
    });
    (world, asked)
}

impl World {
    async fn step(&self) -> Step {
        let enrolment = self.enrolment().await;
        let sequences = self.ports().sequences();
        let version = sequences.version(&self.workspace, enrolment.sequence(), enrolment.version());
        version.await.unwrap().steps[0].clone()
    }

    async fn heard(&self, minutes_ago: i64, by: &AccountId) -> StoreResult<()> {
        let now = self.stage.clock.now();
        let at = now - jiff::SignedDuration::from_mins(minutes_ago);
        let id = MessageId::derived(&self.key.lead, &["heard"]);
        let message = Message {
            text: "Who is this?".to_owned(),
            account: Some(by.clone()),
            ..Message::blank(id, self.workspace.clone(), Direction::In, Channel::Whatsapp, at)
        };
        self.ports().messages().create(&message, &Event::system(EventKind::LeadChanged, now)).await
    }
}

#[tokio::test]
async fn lead_without_a_reply_gets_the_template_with_its_parameters() {
    let (world, asked) = world(|| Ok(taken())).await;
    world.ask_and_run().await;
    world.ask_and_run().await;
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1, "once");
    assert_eq!(asked[0]["template"]["name"], "greeting");
    assert_eq!(
        asked[0]["template"]["components"][0]["parameters"],
        json!([{ "type": "text", "text": "Ann" }])
    );
    let message = world.message().await.unwrap();
    assert_eq!(asked[0]["biz_opaque_callback_data"], message.id.as_str());
    assert_eq!((message.state, message.channel), (MessageState::Accepted, Channel::Whatsapp));
    assert_eq!((message.text.as_str(), message.to.as_str()), ("Hi Ann, five minutes?", super::scene::PHONE));
}

#[tokio::test]
async fn free_text_goes_out_within_a_day_of_a_reply_by_the_same_number() {
    for (minutes_ago, to_it, kind) in
        [(60, true, "text"), (60, false, "template"), (24 * 60 - 5, true, "template")]
    {
        let (world, asked) = world(|| Ok(taken())).await;
        let campaign = world.ports().campaigns().get(&world.workspace, &world.key.campaign).await.unwrap();
        let ours = campaign.whatsapp_sender.unwrap();
        let other = AccountId::derived(world.stage.clock.now(), &["another"]);
        world.heard(minutes_ago, if to_it { &ours } else { &other }).await.unwrap();
        world.ask_and_run().await;
        assert_eq!(asked.lock().unwrap()[0]["type"], kind, "{minutes_ago} minutes after, {to_it}");
    }
}

#[tokio::test]
async fn variants_give_each_lead_one_template_and_free_text_counts_as_none() {
    let varied = || {
        let variant = |name: &str| json!({ "template_name": name, "language": "en", "body": "Hi {{ first_name }}, hello?" });
        let step = json!({ "kind": "whatsapp", "free_text": "Good to hear from you.",
            "variants": [variant("greeting"), variant("question")] });
        serde_json::from_value::<StepKind>(step).unwrap()
    };
    let (world, asked) = world_of(varied(), || Ok(taken())).await;
    let step = world.step().await;
    let drawn = step.words_for(&world.key, None).variant.unwrap().clone();
    world.ask_and_run().await;
    assert_eq!(asked.lock().unwrap()[0]["template"]["name"], drawn.template_name);
    assert_eq!(world.message().await.unwrap().variant, Some(drawn.id));

    let (world, asked) = world_of(varied(), || Ok(taken())).await;
    let campaign = world.ports().campaigns().get(&world.workspace, &world.key.campaign).await.unwrap();
    world.heard(60, &campaign.whatsapp_sender.unwrap()).await.unwrap();
    world.ask_and_run().await;
    assert_eq!(asked.lock().unwrap()[0]["type"], "text");
    assert_eq!(world.message().await.unwrap().variant, None, "its words were not tried");
}

#[tokio::test]
async fn lost_whatsapp_answer_is_never_repeated() {
    let (world, asked) = world(|| Err(TransportError::Ambiguous("the line".into()))).await;
    world.ask_and_run().await;
    for _ in 0..3 {
        world.pass(3600);
        world.run_due().await;
    }
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
    let state = world.enrolment().await.state().clone();
    assert!(matches!(state, EnrolmentState::Held { reason: HoldReason::Uncertain, .. }), "{state:?}");
}

#[tokio::test]
async fn lead_without_whatsapp_may_still_be_called() {
    let (world, _) = world(|| Ok(refused(131026))).await;
    world.ask_and_run().await;
    let end = EnrolmentState::Ended { reason: EndReason::Failed };
    assert_eq!(*world.enrolment().await.state(), end, "the other step would fare the same");
    let message = world.message().await.unwrap();
    assert_eq!(
        (message.state, message.failure.unwrap().class.as_str()),
        (MessageState::Failed, "not_on_whatsapp")
    );
    let scope = SuppressionScope::Phone(super::scene::PHONE.to_owned());
    assert!(world.ports().suppressions().find(&world.workspace, &[scope]).await.unwrap().is_empty());
}

impl World {
    /// The lead shows no number; WhatsApp's id alone names it.
    async fn hides_the_number(&self) {
        self.knows(None).await;
    }

    async fn knows(&self, phone: Option<PhoneNumber>) {
        let leads = self.ports().leads();
        let before = leads.get(&self.workspace, &self.key.lead).await.unwrap();
        let after = Lead { phone, chat_user: ChatUser::parse(USER).ok(), ..before.clone() };
        let event = Event::system(EventKind::LeadChanged, self.stage.clock.now());
        leads.change_identity(&before, &after, &event).await.unwrap();
    }

    async fn says_stop_as(&self, scope: SuppressionScope) {
        let entry = Suppression {
            workspace: self.workspace.clone(),
            scope,
            reason: SuppressionReason::OptedOut,
            source: None,
            created_by: None,
            created_at: self.stage.clock.now(),
            expires_at: None,
            sign: Some(StopSign::Keyword),
        };
        let event = Event::system(EventKind::AddressSuppressed, entry.created_at);
        self.ports().suppressions().put(&entry, &event).await.unwrap();
    }
}

const USER: &str = "US.13491208655302741918";

#[tokio::test]
async fn lead_known_by_its_id_alone_gets_steps_and_answers_by_id() {
    let (world, asked) = world(|| Ok(taken())).await;
    world.hides_the_number().await;
    world.ask_and_run().await;
    let step = asked.lock().unwrap()[0].clone();
    assert_eq!((&step["recipient"], step.get("to")), (&json!(USER), None), "{step}");
    assert_eq!(world.message().await.unwrap().to, USER);

    let ours = world.message().await.unwrap().account.unwrap();
    world.heard(1, &ours).await.unwrap();
    let id = world.write(Channel::Whatsapp, None).await;
    let mut queued = world.one(&id).await;
    (queued.account, queued.to) = (Some(ours), USER.to_owned());
    let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
    world.ports().messages().save(&queued, &event).await.unwrap();
    world.run().await;
    let answer = asked.lock().unwrap()[1].clone();
    assert_eq!((&answer["recipient"], &answer["type"]), (&json!(USER), &json!("text")), "{answer}");
    assert_eq!(world.one(&id).await.state, MessageState::Accepted);
}

#[tokio::test]
async fn number_goes_before_the_id_and_stop_under_either_closes_the_chat() {
    let number = PhoneNumber::try_from(super::scene::PHONE.to_owned()).unwrap();
    let scopes =
        [None, Some(SuppressionScope::ChatUser(USER.to_owned())), Some(SuppressionScope::phone(&number))];
    for scope in scopes {
        let (world, asked) = world(|| Ok(taken())).await;
        world.knows(Some(number.clone())).await;
        let is_open = scope.is_none();
        if let Some(scope) = scope.clone() {
            world.says_stop_as(scope).await;
        }
        world.ask_and_run().await;
        let asked = asked.lock().unwrap().clone();
        assert_eq!(asked.len(), usize::from(is_open), "{scope:?}");
        assert!(asked.iter().all(|asked| asked["to"] == "12065550101"), "{asked:?}");
    }
}

#[tokio::test]
async fn id_that_the_provider_refuses_is_told_with_its_reason() {
    let refusals: [(Answer, &str); 2] =
        [(|| Ok(refused(131026)), "not_on_whatsapp"), (|| Ok(refused(131062)), "address_not_supported")];
    for (answer, class) in refusals {
        let (world, _) = world(answer).await;
        world.hides_the_number().await;
        world.ask_and_run().await;
        let message = world.message().await.unwrap();
        let failure = message.failure.unwrap();
        assert_eq!((message.state, failure.class.as_str()), (MessageState::Failed, class));
        assert_eq!(failure.detail.contains("only to a phone number"), class == "address_not_supported");
    }
}

/// A chat, a chat, then a call.
async fn with_a_call() -> World {
    let chat = |name: &str| {
        json!({ "id": domain::StepId::derived(jiff::Timestamp::UNIX_EPOCH, &[name]), "kind": "whatsapp",
            "delay": { "amount": 0, "unit": "minutes" }, "template_name": "greeting", "language": "en", "body": "Hello" })
    };
    let call = json!({ "id": domain::StepId::derived(jiff::Timestamp::UNIX_EPOCH, &["call"]), "kind": "task",
        "delay": { "amount": 1, "unit": "days" }, "task": "call", "title": "Ring them" });
    let steps = serde_json::from_value(json!([chat("first"), chat("second"), call])).unwrap();
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let account = stage.whatsapp_account(&workspace).await;
    let sequence = stage.sequence(&workspace, Channel::Whatsapp, &[]).await;
    let sequence = stage.steps(&sequence, steps).await;
    World::enrolled(stage, workspace, Channel::Whatsapp, account, sequence).await
}

#[tokio::test]
async fn lead_without_whatsapp_continues_on_other_channels() {
    let world = with_a_call().await;
    world.provider(|| Ok(refused(131026)));
    world.ask_and_run().await;
    let left = world.enrolment().await;
    assert_eq!((left.state(), left.failed().len()), (&EnrolmentState::Scheduled, 1));
    for _ in 0..6 {
        world.ask_turn(world.enrolment().await.generation()).await;
        world.run().await;
        world.pass(24 * 3600);
    }
    assert_eq!(
        (world.calls(), world.tasks().await.len()),
        (1, 1),
        "the second chat is left out, the call is not"
    );
}

#[tokio::test]
async fn refusal_after_a_crash_continues_on_other_channels() {
    let world = with_a_call().await;
    world.provider(|| Ok(refused(131026)));
    world.ask().await;
    world.run_and_die_after("message_refused").await;
    world.pass(600);
    world.ask_and_run().await;
    let left = world.enrolment().await;
    assert_eq!((left.state(), left.failed().len(), left.generation()), (&EnrolmentState::Scheduled, 1, 1));
    assert_eq!(world.calls(), 1);
}
