//! No step leaves a mailbox whose replies were not read lately: it is read before it sends.

use super::drafts::{Mailbox, world};
use super::scene::World;
use application::Clock;
use application::Ports;
use application::queue_messages::Queue;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use jiff::SignedDuration;

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
async fn step_leaves_at_once_if_replies_were_read_within_fifteen_minutes() {
    let (world, gmail) = unread(Some(14)).await;
    world.ask_and_run().await;
    assert_eq!(gmail.sent().len(), 1);
}

#[tokio::test]
async fn reply_that_waits_in_the_mailbox_stops_the_step_before_it_leaves() {
    let (world, gmail) = unread(Some(20)).await;
    let reply = "From: ann@one.example\r\nTo: maya@northquay.example\r\nSubject: Hi\r\n\
                 Message-ID: <r1@one.example>\r\n\r\nPlease call me.\r\n";
    gmail.deliver(reply.as_bytes(), &["INBOX"], world.stage.clock.now());
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
