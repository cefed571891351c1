//! Polling of mailboxes: what is handed over, what is not even looked at, and what is left when a function breaks off.
//! `kinds.rs` has what holds for each kind of mailbox; what is the same for all is tried here with one at Google.

#![cfg(test)]

mod failing_mails;
mod kinds;
mod notices;
mod world;

use application::queue_messages::Queue;
use application::sending::due_tick::{DuePorts, enqueue_due};
use application::{Clock, Ports};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::message::identity::internet_id;
use domain::message::{Direction, Message, MessageState};
use domain::workspace::account::AccountSettings;
use domain::workspace::mailbox_reading::ReadingLease;
use jiff::SignedDuration;
use mailbox_fakes::{Gmail, ImapAccount};
use unified_features as _;
use world::{LEAD, OWNER, Server as _, World, letter};

#[tokio::test]
async fn bounce_of_private_mail_is_read_and_deleted_again() {
    let world = World::<Gmail>::new().await;
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
    let world = World::<Gmail>::new().await;
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
async fn second_function_waits_for_the_lease_and_then_finds_nothing_to_do() {
    let world = World::<Gmail>::new().await;
    world.stage.advance(SignedDuration::from_mins(5));
    let mut reading = world.reading().await;
    assert_eq!(reading.take_lease(world.stage.clock.now(), None), ReadingLease::Taken);
    let rev = world.stage.ports.mailbox_readings().save(&reading).await.unwrap();
    let asked = world.server.asked().len();
    world.ask().await;
    assert_eq!((world.poll().await, world.server.asked().len()), (0, asked));
    let now = world.stage.clock.now();
    reading.rev = rev;
    reading.note_page("cursor".to_owned(), true, now);
    reading.note_read(true, now);
    world.stage.ports.mailbox_readings().save(&reading).await.unwrap();
    world.stage.advance(SignedDuration::from_mins(3));
    assert_eq!((world.poll().await, world.server.asked().len()), (1, asked));
}

#[tokio::test]
async fn mailbox_has_one_hint_however_often_it_is_asked_for() {
    let world = World::<Gmail>::new().await;
    for _ in 0..3 {
        world.ask_and_poll().await;
    }
    let asked = world.server.asked().len();
    world.minutes(4).await;
    assert_eq!(world.server.asked().len(), asked);
    world.minutes(1).await;
    let polls = world.server.asked().len() - asked;
    world.minutes(5).await;
    assert_eq!(world.server.asked().len() - asked, 2 * polls);
}

#[tokio::test]
async fn poll_that_finds_nothing_costs_four_writes_and_few_reads() {
    let world = World::<Gmail>::new().await;
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
    let world = World::<Gmail>::new().await;
    world.minutes(5).await;
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.server.forget_history();
    world.minutes(6).await;
    world.ingest().await;
    assert_eq!(world.messages().await.len(), 1);
    assert_eq!(world.reading().await.failure, None);
}

#[tokio::test]
async fn lost_grant_is_shown_at_the_account_and_told_once() {
    let world = World::<Gmail>::new().await;
    world.server.revoke();
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
    let world = World::<Gmail>::new().await;
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
    world.server.serve(&world.stage, &world.fetched);
    world.minutes(30).await;
    assert!(account().await.unwrap().failing().is_none());
    assert!(world.reading().await.is_fresh(world.stage.clock.now()));
}

#[tokio::test]
async fn account_that_is_switched_off_is_not_read_until_it_is_on_and_loses_nothing() {
    let world = World::<Gmail>::new().await;
    world.change(|account| account.enabled = false).await;
    let asked = world.server.asked().len();
    world.minutes(20).await;
    assert_eq!(world.server.asked().len(), asked);
    assert_eq!(world.stage.ports.due().earliest().await.unwrap(), None);
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.minutes(30).await;
    world.change(|account| account.enabled = true).await;
    world.ask_and_poll().await;
    assert_eq!(world.ingest().await, 1);
    assert_eq!(world.state().await, EnrolmentState::Ended { reason: EndReason::Replied });
}

#[tokio::test]
async fn poll_whose_message_is_given_up_is_repeated_within_a_quarter_of_an_hour() {
    let world = World::<Gmail>::new().await;
    world.stage.advance(SignedDuration::from_mins(5));
    enqueue_due(&DuePorts::new(&world.stage.ports)).await.unwrap();
    assert_eq!(world.stage.messages(Queue::Mailboxes).len(), 1, "it is taken off the queue");
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.minutes(11).await;
    assert_eq!(world.ingest().await, 1);
}

#[tokio::test]
async fn mailbox_whose_host_is_corrected_is_read_from_where_it_was_complete() {
    let world = World::<ImapAccount>::new().await;
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.stage.advance(SignedDuration::from_mins(3));
    world
        .change(|account| {
            let AccountSettings::Smtp { imap: Some(server), .. } = &mut account.settings else { panic!() };
            server.host = "mail.northquay.example".to_owned();
        })
        .await;
    world.ask_and_poll().await;
    assert_eq!(world.ingest().await, 1);
    assert_eq!(world.state().await, EnrolmentState::Ended { reason: EndReason::Replied });
}

#[tokio::test]
async fn reading_of_a_deleted_account_is_forgotten() {
    let world = World::<Gmail>::new().await;
    let event =
        domain::event::Event::system(domain::event::EventKind::AccountDeleted, world.stage.clock.now());
    world.stage.ports.accounts().delete(&world.workspace, &world.account, &event).await.unwrap();
    world.minutes(6).await;
    let readings = world.stage.ports.mailbox_readings();
    assert_eq!(readings.get(&world.workspace, &world.account).await.unwrap(), None);
}

#[tokio::test]
async fn own_copy_is_told_by_its_tag_or_its_id() {
    let world = World::<Gmail>::new().await;
    let id = MessageId::derived(&world.key.lead, &["sent"]);
    let tag = format!("X-Leadflow-Message: {id}\r\n");
    world.is_sent_by_hand(&letter(OWNER, LEAD, "other@gmail.example", &tag));
    let own = internet_id(&id, "northquay.example");
    world.is_sent_by_hand(&letter(OWNER, LEAD, &own, ""));
    world.minutes(6).await;
    assert_eq!((world.fetched(), world.stage.messages(Queue::Inbound).len()), (0, 0));
    assert!(!matches!(world.state().await, EnrolmentState::Ended { .. }));
}
