//! A mailbox with drafts: its mail goes out by a draft that the row names, and whatever breaks off, each is sent once.

use super::scene::World;
use application::ports::accounts::SecretFields;
use application::ports::store::PageRequest;
use application::{Clock, Ports};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Event, EventKind};
use domain::message::MessageState;
use domain::workspace::account::AccountSettings;
use domain::{MessageId, UserId};
use jiff::SignedDuration;
use mailbox_fakes::{Client, Gmail, GrantRules};
use providers::transport::TransportError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use test_stage::Stage;

const MAILBOX: &str = "maya@northquay.example";
const SCOPES: &[&str] =
    &["https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/gmail.compose"];
const SENDING: &str = "POST /gmail/v1/users/me/drafts/send";

pub type Mailbox = Arc<Gmail>;

/// A lead in a campaign of two mails from a Gmail mailbox. An answer of a path that is to be lost does not arrive.
pub async fn world() -> (World, Mailbox, Arc<Mutex<Option<&'static str>>>) {
    world_where_a_draft_takes(0).await
}

/// The making of the first draft takes so many seconds.
async fn world_where_a_draft_takes(seconds: i64) -> (World, Arc<Gmail>, Arc<Mutex<Option<&'static str>>>) {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let client = Client { id: "id".to_owned(), secret: "secret".to_owned(), redirect_uri: String::new() };
    let gmail = Arc::new(Gmail::new(MAILBOX, client, GrantRules { rotates: true, ..GrantRules::default() }));
    let (refresh, access) = gmail.grant(SCOPES, stage.clock.now());
    let settings = AccountSettings::EmailSender {
        provider: "google".to_owned(),
        base_url: "https://gmail.example".to_owned(),
        from_address: EmailAddress::parse(MAILBOX).unwrap(),
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
    let world = World::over(stage, workspace, Channel::Email, account.clone()).await;
    world.read_mailbox(&account).await;
    let lost: Arc<Mutex<Option<&'static str>>> = Arc::default();
    let (served, losing, clock, calls) =
        (gmail.clone(), lost.clone(), world.stage.clock.clone(), world.calls.clone());
    world.stage.providers_answer(move |request| {
        calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let answer = served.answer(&request, clock.now());
        if request.uri().path().ends_with("/drafts") && drafts_made(&served) == 1 {
            clock.advance_to(clock.now() + SignedDuration::from_secs(seconds));
        }
        let mut losing = losing.lock().unwrap();
        match losing.take_if(|path| request.uri().path().ends_with(*path)) {
            Some(_) => Err(TransportError::Ambiguous("reset".into())),
            None => Ok(answer),
        }
    });
    (world, gmail, lost)
}

fn drafts_made(gmail: &Gmail) -> usize {
    gmail.asked().iter().filter(|line| *line == "POST /gmail/v1/users/me/drafts").count()
}

/// Works off what is due in the next minutes.
async fn minutes(world: &World, minutes: usize) {
    for _ in 0..minutes {
        world.pass(60);
        world.run_due().await;
    }
}

#[tokio::test]
async fn mail_goes_out_by_a_draft() {
    let (world, gmail, _) = world().await;
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.draft()), (MessageState::Accepted, None));
    assert!(message.provider_id.is_some() && message.internet_id.is_some());
    assert_eq!((gmail.sent().len(), gmail.drafts(), drafts_made(&gmail)), (1, 0, 1));
    assert_eq!(world.enrolment().await.generation(), 1);
}

#[tokio::test]
async fn lost_answer_is_cleared_up_by_the_draft_without_a_second_mail() {
    let (world, gmail, lost) = world().await;
    *lost.lock().unwrap() = Some("/drafts/send");
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert_eq!(message.state, MessageState::Uncertain);
    assert!(message.draft().is_some());
    minutes(&world, 3).await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.draft()), (MessageState::Accepted, None));
    assert_eq!((gmail.sent().len(), drafts_made(&gmail)), (1, 1));
    assert!(world.tasks().await.is_empty());
}

#[tokio::test]
async fn draft_that_was_not_sent_goes_out_by_the_repeat() {
    let (world, gmail, _) = world().await;
    gmail.fail_next(SENDING, 503, "backendError", "");
    world.ask_and_run().await;
    assert_eq!(gmail.sent().len(), 0);
    minutes(&world, 3).await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert_eq!((gmail.sent().len(), gmail.drafts(), drafts_made(&gmail)), (1, 0, 1));
}

#[tokio::test]
async fn throttled_mail_goes_out_later_by_the_same_draft() {
    let (world, gmail, _) = world().await;
    gmail.fail_next(SENDING, 429, "rateLimitExceeded", "");
    world.ask_and_run().await;
    assert_eq!((gmail.sent().len(), gmail.drafts()), (0, 1));
    minutes(&world, 3).await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert_eq!((gmail.sent().len(), gmail.drafts(), drafts_made(&gmail)), (1, 0, 1));
}

#[tokio::test]
async fn crash_after_each_call_sends_one_mail() {
    // The first call makes the draft, the second sends it, the third reads back.
    for call in 1..=3 {
        let (world, gmail, _) = world().await;
        world.ask().await;
        let (calls, dead) = (world.calls.clone(), Arc::new(std::sync::atomic::AtomicBool::new(true)));
        let struck = dead.clone();
        world.stage.cloud.faults().inject(move |moment, _| {
            let is_over = calls.load(std::sync::atomic::Ordering::Relaxed) >= call;
            let dies = moment == local_cloud::Moment::Before
                && is_over
                && struck.load(std::sync::atomic::Ordering::Relaxed);
            let code = "Gone".to_owned();
            dies.then(|| local_cloud::Fault::Fail { status: 400, code, message: String::new() })
        });
        world.run().await;
        dead.store(false, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(world.row().await.unwrap().state, MessageState::Sending, "after call {call}");
        assert_eq!(gmail.sent().len(), usize::from(call > 1), "after call {call}");
        world.pass(180);
        world.ask_and_run().await;
        minutes(&world, 5).await;
        let message = world.message().await.unwrap();
        assert_eq!(message.state, MessageState::Accepted, "after call {call}");
        assert_eq!(gmail.sent().len(), 1, "after call {call}");
        assert_eq!(world.enrolment().await.generation(), 1, "after call {call}");
    }
}

#[tokio::test]
async fn deleted_draft_leaves_the_message_uncertain() {
    let (world, gmail, lost) = world().await;
    *lost.lock().unwrap() = Some("/drafts/send");
    world.ask_and_run().await;
    // The copy that was sent is deleted, too: nothing tells any more.
    gmail.forget_sent();
    minutes(&world, 5).await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
    assert_eq!(drafts_made(&gmail), 1);
}

#[tokio::test]
async fn access_that_has_ended_is_renewed_before_the_mail_goes_out() {
    let (world, gmail, _) = world().await;
    world.pass(3 * 3_600);
    world.ask_and_run().await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert_eq!((gmail.sent().len(), gmail.renewals()), (1, 1));
}

#[tokio::test]
async fn mail_waits_while_the_provider_gives_no_tokens() {
    let (world, gmail, _) = world().await;
    world.pass(3 * 3_600);
    gmail.fail_next("POST /token", 503, "backendError", "");
    world.ask_and_run().await;
    assert!(world.row().await.is_none(), "no try was made");
    minutes(&world, 3).await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert_eq!(gmail.sent().len(), 1);
}

#[tokio::test]
async fn lost_grant_holds_the_mailbox_and_tells_its_owner_once() {
    let (world, gmail, _) = world().await;
    world.pass(3 * 3_600);
    gmail.revoke();
    world.ask_and_run().await;
    minutes(&world, 90).await;
    let state = world.enrolment().await.state().clone();
    assert!(matches!(state, EnrolmentState::Held { reason: HoldReason::Mailbox, .. }), "{state:?}");
    assert_eq!((gmail.sent().len(), gmail.renewals()), (0, 1));
    let accounts = world.ports().accounts().list(&world.workspace).await.unwrap();
    assert!(accounts[0].failing().is_some());
    let user = UserId::derived(world.stage.clock.now(), &["anybody"]);
    let told =
        world.ports().notifications().list(&world.workspace, &user, PageRequest::first(50)).await.unwrap();
    let told = told.items.iter().filter(|told| told.title.ends_with("is no longer connected")).count();
    assert_eq!(told, 1);
}

/// The permits of an attempt are not good for so long: another attempt looks at them, and finds the draft.
#[tokio::test]
async fn draft_that_took_long_is_sent_by_the_next_attempt() {
    let (world, gmail, _) = world_where_a_draft_takes(6).await;
    world.ask_and_run().await;
    assert_eq!((gmail.sent().len(), gmail.drafts()), (0, 1));
    minutes(&world, 2).await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert_eq!((gmail.sent().len(), gmail.drafts(), drafts_made(&gmail)), (1, 0, 1));
}

/// Another function has taken the message over while the draft was made: this one sends nothing.
#[tokio::test]
async fn row_that_was_changed_meanwhile_keeps_its_draft_from_going_out() {
    let (world, gmail, _) = world().await;
    let (messages, workspace) = (world.ports().messages(), world.workspace.clone());
    let id = MessageId::for_step(&world.key.lead, &world.key.campaign, &world.step);
    let event = Event::system(EventKind::MessageUncertain, world.stage.clock.now());
    world.just_before("draft:", async move {
        let mut row = messages.get(&workspace, &id).await.unwrap();
        row.state = MessageState::Uncertain;
        messages.save(&row, &event).await.unwrap();
    });
    world.ask_and_run().await;
    assert_eq!((gmail.sent().len(), gmail.drafts()), (0, 0), "its draft is deleted");
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
    minutes(&world, 3).await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert_eq!((gmail.sent().len(), drafts_made(&gmail)), (1, 2));
}
