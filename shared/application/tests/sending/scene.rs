//! One lead in a campaign of a few steps, and a provider that answers as a test says and counts how often it was called.

use application::ports::enrolments::EnrolmentStore;
use application::ports::messages::MessageStore;
use application::ports::outbox::send_all;
use application::ports::store::PageRequest;
use application::queue_messages::{Queue, SendMessage};
use application::sending::due_tick::{DuePorts, enqueue_due};
use application::{Clock, Ports};
use aws_platform::Connected;
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::{ClaimToken, Enrolment};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::message::{Attempt, Direction, Message, MessageState, RENDERER};
use domain::sequence::{Sequence, Step};
use domain::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use domain::workspace::mailbox_reading::MailboxReading;
use domain::{AccountId, MessageId, StepId, WorkspaceId};
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{Fault, Moment};
use providers::transport::TransportError;
use queue_consumer::Handler;
use serde_json::{Value, json};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use test_stage::Stage;

/// The clock of the leads here, so that it is day for them when the tests begin, whatever their numbers say.
pub fn by_utc() -> Option<ZoneFact> {
    Some(ZoneFact { zone: ZoneName::utc(), source: ZoneSource::Given, confidence: 100 })
}

pub const PHONE: &str = "+12065550101";

pub struct World {
    pub stage: Stage,
    pub workspace: WorkspaceId,
    pub key: EnrolmentKey,
    pub step: StepId,
    pub handler: Handler,
    pub calls: Arc<AtomicUsize>,
    /// Ways the provider is asked what became of a text, and what it lists.
    pub looks: Arc<AtomicUsize>,
    pub listed: Arc<Mutex<Vec<Value>>>,
}

impl World {
    /// A lead, enrolled into two texts a day apart, the first of them due.
    pub async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let account = stage.text_account(&workspace).await;
        Self::over(stage, workspace, Channel::Sms, account).await
    }

    pub async fn over(stage: Stage, workspace: WorkspaceId, channel: Channel, account: AccountId) -> Self {
        let sequence = stage.sequence(&workspace, channel, &["first", "second"]).await;
        Self::enrolled(stage, workspace, channel, account, sequence).await
    }

    /// The same lead in a sequence of these steps.
    pub async fn with_steps(steps: Vec<Step>) -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let account = stage.text_account(&workspace).await;
        let sequence = stage.sequence(&workspace, Channel::Sms, &[]).await;
        let sequence = stage.steps(&sequence, steps).await;
        Self::enrolled(stage, workspace, Channel::Sms, account, sequence).await
    }

    pub async fn enrolled(
        stage: Stage,
        workspace: WorkspaceId,
        channel: Channel,
        account: AccountId,
        sequence: Sequence,
    ) -> Self {
        let sender = |campaign: &mut Campaign| match channel {
            Channel::Email => campaign.mailboxes = vec![account],
            Channel::Sms => campaign.sms_sender = Some(account),
            Channel::Whatsapp => campaign.whatsapp_sender = Some(account),
        };
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, sender).await;
        let ann = |lead: &mut Lead| {
            lead.first_name = Some("Ann".to_owned());
            lead.phone = PhoneNumber::try_from(PHONE.to_owned()).ok();
            lead.zone = by_utc();
        };
        let lead = stage.lead(&workspace, "ann", ann).await;
        let key = stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone();
        let first = sequence.steps[0].id.clone();
        let handler = send_message::handler(&stage.ports);
        let (calls, looks, listed) = (Arc::default(), Arc::default(), Arc::default());
        let world = Self { stage, workspace, key, step: first, handler, calls, looks, listed };
        world.provider(|| Ok(accepted()));
        world
    }

    pub fn provider(&self, answer: impl Fn() -> Result<Response<Vec<u8>>, TransportError> + Send + 'static) {
        self.provider_reading(move |_| answer());
    }

    pub fn provider_reading(
        &self,
        answer: impl Fn(&Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> + Send + 'static,
    ) {
        let (calls, looks, listed) = (self.calls.clone(), self.looks.clone(), self.listed.clone());
        self.stage.providers_answer(move |request| {
            if request.method() == http::Method::GET {
                looks.fetch_add(1, Ordering::Relaxed);
                let messages = listed.lock().unwrap().clone();
                return Ok(self::answer(200, &json!({ "messages": messages })));
            }
            calls.fetch_add(1, Ordering::Relaxed);
            answer(&request)
        });
    }

    pub fn ports(&self) -> &Connected {
        &self.stage.ports
    }

    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Says that all replies in the account's mailbox are read, and stay so.
    pub async fn read_mailbox(&self, account: &AccountId) {
        let account = self.ports().accounts().get(&self.workspace, account).await.unwrap();
        let mailbox = self.ports().mailbox_reader().mailbox_of(&account.settings).unwrap();
        let now = self.stage.clock.now();
        let mut reading = MailboxReading::begin(self.workspace.clone(), account.id, mailbox, now);
        reading.complete_at = Some(now + SignedDuration::from_hours(1_000));
        self.ports().mailbox_readings().save(&reading).await.unwrap();
    }

    pub async fn ask(&self) {
        self.ask_turn(0).await;
    }

    pub async fn ask_turn(&self, generation: u16) {
        let due = self.stage.clock.now();
        let message = SendMessage::Step { enrolment: self.key.clone(), generation, due, slot: None };
        send_all(&*self.ports().outbox(), &[message], 0).await.unwrap();
    }

    /// Puts what is due into the queue, and works the queue off.
    pub async fn run_due(&self) {
        self.hand_over().await;
        self.run().await;
    }

    pub async fn hand_over(&self) {
        enqueue_due(&DuePorts::new(self.ports())).await.unwrap();
    }

    /// Until the queue shows nothing more at this instant.
    pub async fn run(&self) {
        self.stage.drain(Queue::Send, &self.handler).await;
    }

    pub async fn ask_and_run(&self) {
        self.ask().await;
        self.run().await;
    }

    /// The function dies as soon as it has called the provider: it reports nothing and writes nothing.
    pub async fn ask_and_die_after_the_call(&self) {
        self.ask().await;
        self.run_and_die_after_the_call().await;
    }

    /// The function dies after the first write that says these words.
    pub async fn run_and_die_after(&self, words: &'static str) {
        self.run_and_die(Moment::After, words).await;
    }

    /// Breaks off as it is about to write these words.
    pub async fn run_and_die_before(&self, words: &'static str) {
        self.run_and_die(Moment::Before, words).await;
    }

    async fn run_and_die(&self, when: Moment, words: &'static str) {
        let done = self.dying(when, words, self.stage.drain(Queue::Send, &self.handler)).await;
        assert_eq!(done, 0, "its message stays in the queue");
    }

    /// Lets nothing answer, from the first write with these words on, until this is over.
    pub async fn dying<T>(&self, when: Moment, words: &'static str, happens: impl Future<Output = T>) -> T {
        let dead = Arc::new(AtomicBool::new(true));
        let (struck, written) = (dead.clone(), AtomicBool::new(false));
        self.stage.cloud.faults().inject(move |moment, call| {
            let is_it = String::from_utf8_lossy(call.body).contains(words);
            if is_it && moment == when {
                written.store(true, Ordering::Relaxed);
            }
            let dies = written.load(Ordering::Relaxed) && struck.load(Ordering::Relaxed);
            dies.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
        });
        let outcome = happens.await;
        dead.store(false, Ordering::Relaxed);
        outcome
    }

    pub async fn run_and_die_after_the_call(&self) {
        let dead = Arc::new(AtomicBool::new(true));
        let (struck, calls, before) = (dead.clone(), self.calls.clone(), self.calls());
        self.stage.cloud.faults().inject(move |moment, _| {
            let after_the_call = calls.load(Ordering::Relaxed) > before;
            let dies = moment == Moment::Before && after_the_call && struck.load(Ordering::Relaxed);
            dies.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
        });
        let done = self.stage.drain(Queue::Send, &self.handler).await;
        assert_eq!(done, 0, "its message stays in the queue");
        dead.store(false, Ordering::Relaxed);
    }

    /// Happens just before the first write that says these words.
    pub fn just_before(&self, words: &'static str, happens: impl Future<Output = ()> + Send + 'static) {
        let once: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>> =
            Mutex::new(Some(Box::pin(happens)));
        self.stage.cloud.faults().hold_up(move |moment, call| {
            let is_it = moment == Moment::Before && String::from_utf8_lossy(call.body).contains(words);
            if is_it { once.lock().unwrap().take() } else { None }
        });
    }

    /// Just before the first write that says these words the lead is stopped, or deleted.
    pub fn overtaken(&self, words: &'static str, deleted: bool) {
        let (enrolments, leads) = (self.ports().enrolments(), self.ports().leads());
        let (workspace, lead) = (self.workspace.clone(), self.key.lead.clone());
        let event = Event::system(EventKind::LeadChanged, self.stage.clock.now());
        self.just_before(words, async move {
            enrolments.stop(&workspace, &lead, EndReason::Removed, &event).await.unwrap();
            if deleted {
                leads.erase(&workspace, &lead, &event).await.unwrap();
            }
        });
    }

    /// Just before the first claim somebody else puts the step off.
    pub fn put_off_before_the_claim(&self, until: Timestamp) {
        let (enrolments, key) = (self.ports().enrolments(), self.key.clone());
        let event = Event::system(EventKind::StepWaits, self.stage.clock.now());
        self.just_before("step_claimed", async move {
            let mut enrolment = enrolments.get(&key).await.unwrap();
            enrolment.rebuild_with(|it| it.due = Some(until));
            enrolments.save(&enrolment, &event).await.unwrap();
        });
    }

    /// Another function claims the step at this moment and dies before it tells the outcome.
    pub async fn another_claims_and_dies(&self, says: impl FnOnce(&mut Message)) {
        let (enrolments, messages) = (self.ports().enrolments(), self.ports().messages());
        claims_and_dies((&*enrolments, &*messages), &self.key, says, self.stage.clock.now()).await;
    }

    pub fn pass(&self, seconds: i64) {
        self.stage.advance(SignedDuration::from_secs(seconds));
    }

    /// The present step falls due at this moment.
    pub async fn falls_due(&self) {
        let mut enrolment = self.enrolment().await;
        enrolment.rebuild_with(|it| it.due = Some(self.stage.clock.now()));
        let event = Event::system(EventKind::LeadChanged, self.stage.clock.now());
        self.ports().enrolments().save(&enrolment, &event).await.unwrap();
    }

    pub async fn enrolment(&self) -> Enrolment {
        self.ports().enrolments().get(&self.key).await.unwrap()
    }

    pub async fn message(&self) -> Option<Message> {
        self.message_of(&self.step).await
    }

    pub async fn message_of(&self, step: &StepId) -> Option<Message> {
        let id = MessageId::for_step(&self.key.lead, &self.key.campaign, step);
        self.ports().messages().get(&self.workspace, &id).await.ok().and_then(Message::without_attempt)
    }

    /// The stored row of the present message, also if it is of an attempt alone.
    pub async fn row(&self) -> Option<Message> {
        let id = MessageId::for_step(&self.key.lead, &self.key.campaign, &self.step);
        self.ports().messages().get(&self.workspace, &id).await.ok()
    }

    pub async fn tasks(&self) -> Vec<String> {
        let open = self.ports().tasks().open(&self.workspace, None, PageRequest::first(10)).await.unwrap();
        open.items.into_iter().map(|task| task.title).collect()
    }
}

pub fn answer(status: u16, body: &Value) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body.to_string().into_bytes()).unwrap()
}

pub fn accepted() -> Response<Vec<u8>> {
    answer(201, &json!({ "sid": format!("SM{}", "1".repeat(32)), "status": "queued", "error_code": null }))
}

pub fn refused(status: u16, code: u32) -> Response<Vec<u8>> {
    answer(status, &json!({ "code": code, "message": "no", "status": status }))
}

/// Another function puts down its row and claims the present step, and is not heard of again. `says`: what else its row says.
pub async fn claims_and_dies(
    (enrolments, messages): (&dyn EnrolmentStore, &dyn MessageStore),
    key: &EnrolmentKey,
    says: impl FnOnce(&mut Message),
    now: Timestamp,
) {
    let mut claimed = enrolments.get(key).await.unwrap();
    let id = claimed.present_message().unwrap();
    let there = messages.get(&key.workspace, &id).await.ok();
    let blank = Message::blank(id, key.workspace.clone(), Direction::Out, Channel::Sms, now);
    let mut row = Message {
        state: MessageState::Sending,
        campaign: Some(key.campaign.clone()),
        step: claimed.step().clone(),
        to: "+12065550100".to_owned(),
        text: "Hello".to_owned(),
        attempt: Some(Attempt { rev: claimed.rev(), renderer: RENDERER }),
        ..blank
    };
    if let Some(there) = &there {
        row.follows(there);
    }
    says(&mut row);
    let event = Event::system(EventKind::MessageRowWritten, now);
    match row.rev {
        0 => messages.create(&row, &event).await.unwrap(),
        _ => drop(messages.save(&row, &event).await.unwrap()),
    }
    claimed.claim(&ClaimToken::new(claimed.rev(), "another"), now + SignedDuration::from_secs(120)).unwrap();
    enrolments.claim(&claimed, now).await.unwrap();
}
