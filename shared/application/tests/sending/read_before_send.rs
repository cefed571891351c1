//! No step leaves a mailbox whose replies were not read lately: it is read before it sends.

use super::drafts::{Mailbox, world};
use super::scene::World;
use application::Clock;
use application::Ports;
use application::ports::outbox::send_all;
use application::queue_messages::{PollMailbox, Queue};
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use jiff::SignedDuration;
use mailbox_fakes::ImapAccount;
use providers::transport::SmtpReply;
use std::sync::Arc;
use test_stage::Stage;

const REPLY: &str = "From: ann@one.example\r\nTo: maya@northquay.example\r\nSubject: Hi\r\n\
                     Message-ID: <r1@one.example>\r\n\r\nPlease call me.\r\n";

/// A campaign from a Gmail mailbox that was never read, or so many minutes ago.
async fn unread(minutes_ago: Option<i64>) -> (World, Mailbox) {
    let (world, gmail, _) = world().await;
    let readings = world.ports().mailbox_readings();
    let mut known = readings.list(&world.workspace).await.unwrap().remove(0);
    match minutes_ago {
        Some(minutes) => {
            known.complete_at = Some(world.stage.clock.now() - SignedDuration::from_mins(minutes));
            readings.save(&known).await.unwrap();
        }
        None => readings.forget(&world.workspace, &known.account).await.unwrap(),
    }
    (world, gmail)
}

/// A minute in which the tick, the reader, the ingester and the sender do their work.
async fn minute(world: &World) {
    world.pass(60);
    world.hand_over().await;
    world.stage.drain(Queue::Mailboxes, &poll_mailboxes::handler(world.ports())).await;
    world.stage.drain(Queue::Inbound, &ingest_event::handler(world.ports())).await;
    world.run().await;
}

#[tokio::test]
async fn step_waits_until_the_mailbox_is_read_and_then_goes_out() {
    for minutes_ago in [None, Some(15)] {
        let (world, gmail) = unread(minutes_ago).await;
        world.ask_and_run().await;
        assert_eq!((gmail.sent().len(), gmail.drafts()), (0, 0), "{minutes_ago:?}");
        for _ in 0..3 {
            minute(&world).await;
        }
        assert_eq!(gmail.sent().len(), 1, "{minutes_ago:?}");
    }
}

#[tokio::test]
async fn step_has_the_mailbox_read_whose_next_poll_after_a_failure_is_overdue() {
    let (world, gmail) = unread(Some(20)).await;
    let readings = world.ports().mailbox_readings();
    let mut known = readings.list(&world.workspace).await.unwrap().remove(0);
    known.note_failure("not reached", false, world.stage.clock.now() - SignedDuration::from_mins(10));
    readings.save(&known).await.unwrap();
    world.ask_and_run().await;
    for _ in 0..3 {
        minute(&world).await;
    }
    assert_eq!(gmail.sent().len(), 1);
}

#[tokio::test]
async fn step_leaves_at_once_if_replies_were_read_within_fifteen_minutes() {
    let (world, gmail) = unread(Some(14)).await;
    world.ask_and_run().await;
    assert_eq!(gmail.sent().len(), 1);
}

#[tokio::test]
async fn reply_that_waits_in_the_mailbox_stops_the_step_before_it_leaves() {
    let (world, gmail) = unread(Some(20)).await;
    gmail.deliver(REPLY.as_bytes(), &["INBOX"], world.stage.clock.now());
    world.ask_and_run().await;
    for _ in 0..4 {
        minute(&world).await;
    }
    assert_eq!((gmail.sent().len(), gmail.drafts()), (0, 0));
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::Replied });
}

#[tokio::test]
async fn step_waits_as_long_as_the_mailbox_cannot_be_read() {
    let (world, gmail) = unread(Some(20)).await;
    gmail.revoke();
    gmail.void_access();
    world.ask_and_run().await;
    for _ in 0..30 {
        minute(&world).await;
    }
    assert_eq!((gmail.sent().len(), gmail.drafts()), (0, 0));
    assert!(world.enrolment().await.is_active());
}

/// A campaign from a mailbox behind IMAP that was connected, and not read in the 20 minutes since.
async fn unread_behind_imap() -> (World, Arc<ImapAccount>) {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let account = stage.mailbox_with_imap(&workspace).await;
    let server = Arc::new(ImapAccount::new("maya", "hunter2"));
    stage.mail.hold(Some(server.clone()));
    stage.mail.take(|_| Ok(SmtpReply { code: 250, text: "2.0.0 ok".to_owned() }));
    let world = World::over(stage, workspace, Channel::Email, account.clone()).await;
    let message = PollMailbox::due(world.workspace.clone(), account);
    send_all(&*world.ports().outbox(), &[message], 0).await.unwrap();
    world.stage.drain(Queue::Mailboxes, &poll_mailboxes::handler(world.ports())).await;
    world.pass(20 * 60);
    (world, server)
}

#[tokio::test]
async fn step_leaves_a_mailbox_behind_imap_once_it_is_read() {
    let (world, _) = unread_behind_imap().await;
    world.ask_and_run().await;
    assert_eq!(world.stage.mail.calls(), (0, 0));
    for _ in 0..3 {
        minute(&world).await;
    }
    assert_eq!(world.stage.mail.calls(), (1, 0));
}

#[tokio::test]
async fn reply_that_waits_behind_imap_stops_the_step_before_it_leaves() {
    let (world, server) = unread_behind_imap().await;
    server.mailbox().deliver("INBOX", REPLY.as_bytes(), world.stage.clock.now());
    world.ask_and_run().await;
    for _ in 0..4 {
        minute(&world).await;
    }
    assert_eq!(world.stage.mail.calls(), (0, 0));
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::Replied });
}

#[tokio::test]
async fn step_waits_as_long_as_the_imap_server_refuses_the_login() {
    let (world, server) = unread_behind_imap().await;
    server.change_password("another");
    world.ask_and_run().await;
    for _ in 0..30 {
        minute(&world).await;
    }
    assert_eq!(world.stage.mail.calls(), (0, 0));
    assert!(world.enrolment().await.is_active());
}
