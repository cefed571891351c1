//! What holds for each kind of mailbox, and what can happen to one of a kind alone.

use super::world::{LEAD, OWNER, Server, World, letter};
use application::queue_messages::Queue;
use application::sending::due_tick::{DuePorts, enqueue_due};
use application::{Clock, Ports};
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::message::identity::internet_id;
use domain::message::understanding::ReplyKind;
use domain::message::{Direction, MessageState};
use domain::{AccountId, MessageId};
use jiff::SignedDuration;
use mailbox_fakes::{Gmail, Graph, ImapAccount};
use std::sync::atomic::Ordering;

/// Tries the same with a mailbox of each kind.
macro_rules! each_kind {
    ($($test:ident),* $(,)?) => {
        mod at_google {
            $(#[tokio::test] async fn $test() { super::$test::<super::Gmail>().await; })*
        }
        mod at_microsoft {
            $(#[tokio::test] async fn $test() { super::$test::<super::Graph>().await; })*
        }
        mod behind_imap {
            $(#[tokio::test] async fn $test() { super::$test::<super::ImapAccount>().await; })*
        }
    };
}

pub(super) use each_kind;

each_kind!(
    reply_of_a_lead_ends_the_enrolment_within_the_next_poll,
    private_mail_is_not_fetched_and_leaves_nothing_behind,
    crash_between_the_event_and_the_cursor_repeats_the_event_without_effect,
    mail_by_hand_to_a_lead_takes_it_over_and_stands_in_the_timeline,
    own_copy_among_sent_mail_is_no_take_over,
    mail_from_before_the_connection_is_never_read,
);

pub(super) fn replied() -> EnrolmentState {
    EnrolmentState::Ended { reason: EndReason::Replied }
}

async fn reply_of_a_lead_ends_the_enrolment_within_the_next_poll<S: Server>() {
    let world = World::<S>::new().await;
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.minutes(6).await;
    assert_eq!(world.ingest().await, 1);
    let messages = world.messages().await;
    let kinds: Vec<_> = messages.iter().map(|m| m.understood.as_ref().map(|read| read.kind)).collect();
    assert_eq!(kinds, [Some(ReplyKind::Person)]);
    assert!(messages[0].blob.is_some());
    assert_eq!(world.state().await, replied());
}

async fn private_mail_is_not_fetched_and_leaves_nothing_behind<S: Server>() {
    let world = World::<S>::new().await;
    let thread = "References: <x@clinic.example>\r\n";
    world.arrives(&letter("doctor@clinic.example", OWNER, "p1@clinic.example", thread));
    world.arrives(&letter(OWNER, OWNER, "p2@northquay.example", ""));
    world.is_sent_by_hand(&letter(OWNER, "doctor@clinic.example", "p3@clinic.example", ""));
    world.minutes(6).await;
    assert_eq!((world.fetched(), world.stage.messages(Queue::Inbound).len()), (0, 0));
    let stored = format!("{:?}", world.reading().await);
    assert!(!stored.contains("clinic"), "{stored}");
}

async fn crash_between_the_event_and_the_cursor_repeats_the_event_without_effect<S: Server>() {
    let world = World::<S>::new().await;
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

async fn mail_by_hand_to_a_lead_takes_it_over_and_stands_in_the_timeline<S: Server>() {
    let world = World::<S>::new().await;
    world.is_sent_by_hand(&letter(OWNER, &format!("Ann <{LEAD}>"), "h1@mail.example", ""));
    world.minutes(6).await;
    assert_eq!(world.ingest().await, 1);
    assert_eq!(world.state().await, EnrolmentState::Ended { reason: EndReason::TakenOver });
    let messages = world.messages().await;
    assert_eq!((messages.len(), messages[0].direction, messages[0].to.as_str()), (1, Direction::Out, LEAD));
    assert_eq!(messages[0].state, MessageState::Accepted);
}

async fn own_copy_among_sent_mail_is_no_take_over<S: Server>() {
    let world = World::<S>::new().await;
    let id = MessageId::derived(&world.key.lead, &["sent"]);
    let own = internet_id(&id, "northquay.example");
    let tag = format!("X-Leadflow-Message: {id}\r\n");
    world.is_sent_by_hand(&letter(OWNER, LEAD, &own, &tag));
    world.minutes(6).await;
    assert_eq!((world.fetched(), world.stage.messages(Queue::Inbound).len()), (0, 0));
    assert!(!matches!(world.state().await, EnrolmentState::Ended { .. }));
}

async fn mail_from_before_the_connection_is_never_read<S: Server>() {
    let world = World::<S>::new().await;
    let hour_ago = world.stage.clock.now() - SignedDuration::from_hours(1);
    world.server.deliver(&letter(LEAD, OWNER, "old@one.example", ""), hour_ago);
    let readings = world.stage.ports.mailbox_readings();
    // The cursor is lost: reading begins anew, and no earlier than at first.
    let mut reading = world.reading().await;
    reading.cursor = None;
    readings.save(&reading).await.unwrap();
    world.arrives(&letter(LEAD, OWNER, "new@one.example", ""));
    world.minutes(6).await;
    assert_eq!(world.ingest().await, 1);
    let messages = world.messages().await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].internet_id.as_deref(), Some("new@one.example"));
}

#[tokio::test]
async fn throttled_graph_mailbox_keeps_what_it_read_and_goes_on_where_it_stopped() {
    let world = World::<Graph>::new().await;
    for number in 1..4 {
        let (from, id) = (format!("p{number}@clinic.example"), format!("p{number}@clinic.example"));
        world.arrives(&letter(&from, OWNER, &id, ""));
    }
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    let before = world.reading().await;
    // The headers of the first three are read, those of the last are refused.
    world.server.throttle_after(3, "GET /v1.0/me/messages/", 600);
    world.server.throttle_next("GET /v1.0/me/messages/", 600);
    world.minutes(6).await;
    let reading = world.reading().await;
    assert_ne!(reading.cursor, before.cursor, "three mails need not be asked for again");
    assert!(reading.failure.is_none());
    world.minutes(12).await;
    assert_eq!(world.ingest().await, 1);
    assert_eq!(world.state().await, replied());
}

#[tokio::test]
async fn page_that_broke_off_goes_on_at_the_mail_that_was_not_handed_over() {
    let world = World::<Graph>::new().await;
    for number in 1..4 {
        world.arrives(&letter(LEAD, OWNER, &format!("r{number}@one.example"), ""));
    }
    world.server.throttle_after(2, "/$value", 60);
    world.minutes(8).await;
    assert_eq!(world.fetched(), 4, "the last one was asked for twice, the others once");
    assert_eq!(world.reading().await.handed_over, Vec::<String>::new());
    assert_eq!(world.ingest().await, 3);
}

#[tokio::test]
async fn void_delta_link_begins_anew_where_reading_was_complete() {
    let world = World::<Graph>::new().await;
    world.minutes(5).await;
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.server.forget_links();
    world.minutes(6).await;
    world.ingest().await;
    assert_eq!((world.messages().await.len(), world.reading().await.failure), (1, None));
}

#[tokio::test]
async fn reply_is_read_once_although_its_imap_folder_is_numbered_anew() {
    let world = World::<ImapAccount>::new().await;
    world.arrives(&letter("doctor@clinic.example", OWNER, "p1@clinic.example", ""));
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.minutes(6).await;
    assert_eq!(world.ingest().await, 1);
    world.server.mailbox().number_anew("INBOX");
    world.arrives(&letter(LEAD, OWNER, "r2@one.example", ""));
    world.minutes(6).await;
    assert_eq!((world.ingest().await, world.fetched()), (1, 2), "the first reply is recognised");
    assert_eq!(world.messages().await.len(), 2);
    assert_eq!(world.reading().await.failure, None);
}

#[tokio::test]
async fn reply_that_is_moved_between_imap_folders_is_one_message() {
    let world = World::<ImapAccount>::new().await;
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.minutes(6).await;
    assert_eq!(world.ingest().await, 1);
    world.server.mailbox().move_newest("INBOX", "Junk");
    world.minutes(6).await;
    assert_eq!(world.ingest().await, 1, "it is reported under another number");
    assert_eq!(world.messages().await.len(), 1);
    // One that is moved before it was ever read is found where it lies.
    world.arrives(&letter(LEAD, OWNER, "r2@one.example", ""));
    world.server.mailbox().move_newest("INBOX", "Junk");
    world.minutes(6).await;
    world.ingest().await;
    assert_eq!(world.messages().await.len(), 2);
}

/// The cursor of a busy mailbox is its largest: `bench/src/mailbox.rs` counts with it. Every third poll puts a safety hint
/// besides; this one does not.
#[tokio::test]
async fn imap_poll_that_finds_nothing_costs_eight_writes_at_most() {
    let world = World::<ImapAccount>::new().await;
    let now = world.stage.clock.now();
    for number in 0..70 {
        let mail = letter("news@clinic.example", OWNER, &format!("{number}@clinic.example"), "");
        for folder in ["INBOX", "Junk", "Sent"] {
            world.server.mailbox().deliver(folder, &mail, now);
        }
    }
    world.minutes(5).await;
    world.stage.advance(SignedDuration::from_mins(5));
    let before = world.stage.cloud.ledger().snapshot();
    enqueue_due(&DuePorts::new(&world.stage.ports)).await.unwrap();
    assert_eq!(world.poll().await, 1);
    let spent = world.stage.cloud.ledger().since(&before);
    assert!(spent.write_units() <= 8.0, "{} write units", spent.write_units());
    assert!(spent.read_units() <= 12.0, "{} read units", spent.read_units());
}

#[tokio::test]
async fn refused_imap_login_is_told_to_the_owner_at_once_and_tried_no_more_often_than_every_quarter_hour() {
    let world = World::<ImapAccount>::new().await;
    world.server.change_password("another");
    let logins = |world: &World<ImapAccount>| {
        world.server.commands().iter().filter(|command| command.starts_with("AUTHENTICATE")).count()
    };
    let before = logins(&world);
    world.minutes(6).await;
    let failing = last_error(&world, &world.account).await;
    assert!(failing.contains("refuses the user name or password"), "{failing}");
    world.minutes(13).await;
    assert_eq!(logins(&world) - before, 1);
    assert!(world.reading().await.failure.is_some_and(|failure| failure.needs_a_person));
    world.server.change_password("hunter2");
    world.minutes(10).await;
    assert_eq!(world.reading().await.failure, None);
}

async fn last_error(world: &World<ImapAccount>, account: &AccountId) -> String {
    let account = world.stage.ports.accounts().get(&world.workspace, account).await.unwrap();
    account.last_error.map(|last| last.detail).unwrap_or_default()
}

#[tokio::test]
async fn imap_server_that_is_not_there_is_asked_after_growing_waits() {
    let world = World::<ImapAccount>::new().await;
    world.stage.mail.hold(None);
    world.minutes(30).await;
    let failure = world.reading().await.failure.unwrap();
    assert!(!failure.needs_a_person && (4..=6).contains(&failure.polls), "{failure:?}");
    world.server.serve(&world.stage, &world.fetched);
    world.minutes(40).await;
    assert!(world.reading().await.is_fresh(world.stage.clock.now()));
}
