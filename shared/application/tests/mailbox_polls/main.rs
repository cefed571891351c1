//! Polling of mailboxes against a Gmail-shaped one: what is handed over, what is not even looked at, and what is left when
//! a function breaks off.

#![cfg(test)]

use application::ports::accounts::SecretFields;
use application::ports::outbox::send_all;
use application::ports::store::PageRequest;
use application::queue_messages::{PollMailbox, Queue};
use application::sending::due_tick::{DuePorts, enqueue_due};
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::message::identity::internet_id;
use domain::message::understanding::ReplyKind;
use domain::message::{Direction, Message, MessageState};
use domain::workspace::account::AccountSettings;
use domain::workspace::mailbox_reading::{MailboxReading, ReadingLease};
use domain::{AccountId, MessageId, WorkspaceId};
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};
use mailbox_fakes::{Client, Gmail, GrantRules};
use queue_consumer::Handler;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use test_stage::Stage;
use unified_features as _;

const OWNER: &str = "maya@northquay.example";
const LEAD: &str = "ann@one.example";
const SCOPES: &[&str] =
    &["https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/gmail.compose"];

/// A lead in an active campaign, whose mailbox is connected and was read once.
struct World {
    stage: Stage,
    workspace: WorkspaceId,
    account: AccountId,
    key: EnrolmentKey,
    gmail: Arc<Gmail>,
    poll: Handler,
    ingest: Handler,
    /// How many mails were fetched whole.
    fetched: Arc<AtomicUsize>,
}

impl World {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let client = Client { id: "id".to_owned(), secret: "secret".to_owned(), redirect_uri: String::new() };
        let gmail = Arc::new(Gmail::new(OWNER, client, GrantRules::default()));
        let (refresh, access) = gmail.grant(SCOPES, stage.clock.now());
        let settings = AccountSettings::EmailSender {
            provider: "google".to_owned(),
            base_url: "https://gmail.example".to_owned(),
            from_address: EmailAddress::parse(OWNER).unwrap(),
            from_name: "Maya".to_owned(),
            reply_to: None,
            account: None,
            fields: BTreeMap::from([("client_id".to_owned(), "id".to_owned())]),
        };
        let until = stage.clock.now() + SignedDuration::from_hours(1);
        let secret = [
            ("client_secret", "secret".to_owned()),
            ("refresh_token", refresh),
            ("access_token", access),
            ("access_expires_at", until.to_string()),
        ];
        let secret = SecretFields(secret.map(|(name, value)| (name.to_owned(), value)).into());
        let account = stage.account(&workspace, settings, secret).await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
        let campaign = stage
            .campaign("Autumn", &sequence, CampaignState::Active, |campaign| {
                campaign.mailboxes = vec![account.clone()];
            })
            .await;
        let lead = stage.lead(&workspace, "ann", |_| {}).await;
        let key = stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone();
        let (served, clock) = (gmail.clone(), stage.clock.clone());
        let fetched = Arc::new(AtomicUsize::default());
        let counted = fetched.clone();
        stage.providers_answer(move |request| {
            if request.uri().query().is_some_and(|query| query.contains("format=raw")) {
                counted.fetch_add(1, Ordering::Relaxed);
            }
            Ok(served.answer(&request, clock.now()))
        });
        let (poll, ingest) = (poll_mailboxes::handler(&stage.ports), ingest_event::handler(&stage.ports));
        let world = Self { stage, workspace, account, key, gmail, poll, ingest, fetched };
        world.ask_and_poll().await;
        world
    }

    async fn ask(&self) {
        let message = PollMailbox { workspace: self.workspace.clone(), account: self.account.clone() };
        send_all(&*self.stage.ports.outbox(), &[message], 0).await.unwrap();
    }

    async fn poll(&self) -> usize {
        self.stage.drain(Queue::Mailboxes, &self.poll).await
    }

    async fn ask_and_poll(&self) {
        self.ask().await;
        assert_eq!(self.poll().await, 1);
    }

    /// Lets minutes pass in which the tick finds what is due.
    async fn minutes(&self, minutes: usize) {
        for _ in 0..minutes {
            self.stage.advance(SignedDuration::from_mins(1));
            enqueue_due(&DuePorts::new(&self.stage.ports)).await.unwrap();
            self.poll().await;
        }
    }

    async fn ingest(&self) -> usize {
        self.stage.drain(Queue::Inbound, &self.ingest).await
    }

    async fn reading(&self) -> MailboxReading {
        let readings = self.stage.ports.mailbox_readings();
        readings.get(&self.workspace, &self.account).await.unwrap().unwrap()
    }

    async fn messages(&self) -> Vec<Message> {
        self.stage.ports.leads().file(&self.workspace, &self.key.lead).await.unwrap().messages
    }

    async fn state(&self) -> EnrolmentState {
        self.stage.ports.enrolments().get(&self.key).await.unwrap().state().clone()
    }

    async fn unmatched(&self) -> usize {
        let page = PageRequest { limit: 50, cursor: None };
        self.stage.ports.conversations().unmatched(&self.workspace, page).await.unwrap().items.len()
    }

    fn arrives(&self, raw: &[u8]) -> String {
        self.gmail.deliver(raw, &["INBOX"], self.stage.clock.now())
    }

    fn fetched(&self) -> usize {
        self.fetched.load(Ordering::Relaxed)
    }

    /// Lets nothing answer any more once a call is done whose body has these words.
    fn dies_after(&self, words: &'static str) -> Arc<AtomicBool> {
        let alive = Arc::new(AtomicBool::new(false));
        let (revived, struck) = (alive.clone(), AtomicBool::new(false));
        self.stage.cloud.faults().inject(move |moment, call| {
            if moment == Moment::After && String::from_utf8_lossy(call.body).contains(words) {
                struck.store(true, Ordering::Relaxed);
            }
            let dies = struck.load(Ordering::Relaxed) && !revived.load(Ordering::Relaxed);
            dies.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
        });
        alive
    }
}

fn letter(from: &str, to: &str, id: &str, more: &str) -> Vec<u8> {
    format!(
        "From: {from}\r\nTo: {to}\r\nSubject: Hello\r\nMessage-ID: <{id}>\r\n{more}\
         Content-Type: text/plain; charset=utf-8\r\n\r\nPlease call me.\r\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn reply_of_a_lead_ends_the_enrolment_within_the_next_poll() {
    let world = World::new().await;
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.minutes(6).await;
    assert_eq!(world.ingest().await, 1);
    let messages = world.messages().await;
    let kinds: Vec<_> = messages.iter().map(|m| m.understood.as_ref().map(|read| read.kind)).collect();
    assert_eq!(kinds, [Some(ReplyKind::Person)]);
    assert!(messages[0].blob.is_some());
    assert_eq!(world.state().await, EnrolmentState::Ended { reason: EndReason::Replied });
}

#[tokio::test]
async fn private_mail_is_not_fetched_and_leaves_nothing_behind() {
    let world = World::new().await;
    world.arrives(&letter(
        "doctor@clinic.example",
        OWNER,
        "p1@clinic.example",
        "References: <x@clinic.example>\r\n",
    ));
    world.arrives(&letter(OWNER, OWNER, "p2@northquay.example", ""));
    world.gmail.send_by_hand(
        &letter(OWNER, "doctor@clinic.example", "p3@gmail.example", ""),
        world.stage.clock.now(),
    );
    world.minutes(6).await;
    assert_eq!((world.fetched(), world.stage.messages(Queue::Inbound).len()), (0, 0));
    let stored = format!("{:?}", world.reading().await);
    assert!(!stored.contains("clinic"), "{stored}");
}

#[tokio::test]
async fn bounce_of_private_mail_is_read_and_deleted_again() {
    let world = World::new().await;
    let report = "Content-Type: text/plain\r\nReturn-Path: <>\r\n";
    world.arrives(&letter("mailer-daemon@clinic.example", OWNER, "b1@clinic.example", report));
    world.minutes(6).await;
    let events = world.stage.messages(Queue::Inbound);
    let blob = events[0]["blob"].as_str().unwrap();
    assert_eq!(world.fetched(), 1);
    world.arrives(&letter("mailer-daemon@clinic.example", OWNER, "b2@clinic.example", report));
    world.minutes(6).await;
    assert_eq!(world.ingest().await, 1);
    assert_eq!((world.unmatched().await, world.messages().await.len()), (0, 0));
    // The first event was taken off the queue by this test, so its mail is there still; the second one's is gone.
    assert!(world.stage.ports.blobs().get(blob).await.is_ok());
    assert_eq!(world.fetched(), 2);
}

#[tokio::test]
async fn answer_from_another_address_is_known_by_its_thread() {
    let world = World::new().await;
    let sent = MessageId::derived(&world.key.lead, &["sent"]);
    let now = world.stage.clock.now();
    let message = Message {
        state: MessageState::Accepted,
        accepted_at: Some(now),
        to: LEAD.to_owned(),
        subject: "Hello".to_owned(),
        ..Message::blank(sent.clone(), world.workspace.clone(), Direction::Out, Channel::Email, now)
    };
    let event = domain::event::Event::system(domain::event::EventKind::MessageAccepted, now);
    world.stage.ports.messages().create(&message, &event).await.unwrap();
    let named = format!("In-Reply-To: <{}>\r\n", internet_id(&sent, "northquay.example"));
    world.arrives(&letter("ann.private@home.example", OWNER, "r2@home.example", &named));
    world.minutes(6).await;
    assert_eq!(world.ingest().await, 1);
    assert_eq!(world.state().await, EnrolmentState::Ended { reason: EndReason::Replied });
}

#[tokio::test]
async fn crash_between_the_event_and_the_cursor_repeats_the_event_without_effect() {
    let world = World::new().await;
    let before = world.reading().await;
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.stage.advance(SignedDuration::from_mins(5));
    let alive = world.dies_after("is_by_hand");
    world.ask().await;
    assert_eq!(world.poll().await, 0, "its message stays in the queue");
    alive.store(true, Ordering::Relaxed);
    assert_eq!(world.reading().await.cursor, before.cursor);
    world.minutes(15).await;
    assert_ne!(world.reading().await.cursor, before.cursor);
    world.ingest().await;
    assert_eq!(world.messages().await.len(), 1);
}

#[tokio::test]
async fn second_function_waits_for_the_lease_and_then_finds_nothing_to_do() {
    let world = World::new().await;
    world.stage.advance(SignedDuration::from_mins(5));
    let mut reading = world.reading().await;
    assert_eq!(reading.take_lease(world.stage.clock.now()), ReadingLease::Taken);
    let rev = world.stage.ports.mailbox_readings().save(&reading).await.unwrap();
    let asked = world.gmail.asked().len();
    world.ask().await;
    assert_eq!((world.poll().await, world.gmail.asked().len()), (0, asked));
    let now = world.stage.clock.now();
    reading.rev = rev;
    reading.note_page("cursor".to_owned(), true, now);
    reading.note_read(true, now);
    world.stage.ports.mailbox_readings().save(&reading).await.unwrap();
    world.stage.advance(SignedDuration::from_mins(3));
    assert_eq!((world.poll().await, world.gmail.asked().len()), (1, asked));
}

#[tokio::test]
async fn mailbox_has_one_hint_however_often_it_is_asked_for() {
    let world = World::new().await;
    for _ in 0..3 {
        world.ask_and_poll().await;
    }
    let asked = world.gmail.asked().len();
    world.minutes(4).await;
    assert_eq!(world.gmail.asked().len(), asked);
    world.minutes(1).await;
    let polls = world.gmail.asked().len() - asked;
    world.minutes(5).await;
    assert_eq!(world.gmail.asked().len() - asked, 2 * polls);
}

#[tokio::test]
async fn poll_that_finds_nothing_costs_four_writes_and_few_reads() {
    let world = World::new().await;
    world.stage.advance(SignedDuration::from_mins(5));
    let before = world.stage.cloud.ledger().snapshot();
    enqueue_due(&DuePorts::new(&world.stage.ports)).await.unwrap();
    assert_eq!(world.poll().await, 1);
    let spent = world.stage.cloud.ledger().since(&before);
    // The lease, its end with the cursor, the next hint, and the deletion of the last one.
    assert_eq!(spent.write_units(), 4.0);
    assert!(spent.read_units() <= 12.0, "{} read units", spent.read_units());
}

#[tokio::test]
async fn void_cursor_begins_anew_where_reading_was_complete() {
    let world = World::new().await;
    world.minutes(5).await;
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.gmail.forget_history();
    world.minutes(6).await;
    world.ingest().await;
    assert_eq!(world.messages().await.len(), 1);
    assert_eq!(world.reading().await.failure, None);
}

#[tokio::test]
async fn lost_grant_is_shown_at_the_account_and_told_once() {
    let world = World::new().await;
    world.gmail.revoke();
    world.minutes(70).await;
    let account = world.stage.ports.accounts().get(&world.workspace, &world.account).await.unwrap();
    assert!(
        account.last_error.as_ref().is_some_and(|last| last.needs_a_person()),
        "{:?}",
        account.last_error
    );
    assert!(world.reading().await.failure.is_some_and(|failure| failure.needs_a_person));
}

#[tokio::test]
async fn mailbox_that_is_not_reached_is_shown_when_messages_begin_to_wait_and_no_more_when_it_is_read() {
    let world = World::new().await;
    world.stage.providers_answer(|_| {
        Err(providers::transport::TransportError::NotSent("connection refused".into()))
    });
    world.minutes(10).await;
    let accounts = world.stage.ports.accounts();
    let account = || accounts.get(&world.workspace, &world.account);
    assert!(account().await.unwrap().failing().is_none());
    world.minutes(15).await;
    let failing = account().await.unwrap().last_error.unwrap();
    assert!(failing.detail.starts_with("Reading the mailbox: ") && failing.over_at.is_none());
    let (served, clock) = (world.gmail.clone(), world.stage.clock.clone());
    world.stage.providers_answer(move |request| Ok(served.answer(&request, clock.now())));
    world.minutes(30).await;
    assert!(account().await.unwrap().failing().is_none());
    assert!(world.reading().await.is_fresh(world.stage.clock.now()));
}

#[tokio::test]
async fn account_that_is_switched_off_is_not_read_any_more() {
    let world = World::new().await;
    let mut account = world.stage.ports.accounts().get(&world.workspace, &world.account).await.unwrap();
    account.enabled = false;
    let event =
        domain::event::Event::system(domain::event::EventKind::AccountChanged, world.stage.clock.now());
    world.stage.ports.accounts().save(&account, &event).await.unwrap();
    let asked = world.gmail.asked().len();
    world.minutes(12).await;
    assert_eq!(world.gmail.asked().len(), asked);
    let readings = world.stage.ports.mailbox_readings();
    assert_eq!(readings.get(&world.workspace, &world.account).await.unwrap(), None);
    assert_eq!(world.stage.ports.due().earliest().await.unwrap(), None);
}

#[tokio::test]
async fn mail_by_hand_to_a_lead_takes_it_over_and_stands_in_the_timeline() {
    let world = World::new().await;
    let by_hand = letter(OWNER, &format!("Ann <{LEAD}>"), "h1@gmail.example", "");
    world.gmail.send_by_hand(&by_hand, world.stage.clock.now());
    world.minutes(6).await;
    assert_eq!(world.ingest().await, 1);
    assert_eq!(world.state().await, EnrolmentState::Ended { reason: EndReason::TakenOver });
    let messages = world.messages().await;
    assert_eq!((messages.len(), messages[0].direction, messages[0].to.as_str()), (1, Direction::Out, LEAD));
    assert_eq!(messages[0].state, MessageState::Accepted);
}

#[tokio::test]
async fn own_copy_among_sent_mail_is_no_take_over() {
    let world = World::new().await;
    let id = MessageId::derived(&world.key.lead, &["sent"]);
    let tag = format!("X-Leadflow-Message: {id}\r\n");
    world.gmail.send_by_hand(&letter(OWNER, LEAD, "other@gmail.example", &tag), world.stage.clock.now());
    let own = internet_id(&id, "northquay.example");
    world.gmail.send_by_hand(&letter(OWNER, LEAD, &own, ""), world.stage.clock.now());
    world.minutes(6).await;
    assert_eq!((world.fetched(), world.stage.messages(Queue::Inbound).len()), (0, 0));
    assert!(!matches!(world.state().await, EnrolmentState::Ended { .. }));
}
