//! A mail whose answer was lost after its last dot: looked for among the sent ones, left to a person where no copy is.

use super::scene::World;
use application::{Clock, Ports};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::message::identity::internet_id;
use domain::message::{Direction, Message, MessageState};
use domain::workspace::WhenUncertain;
use jiff::SignedDuration;
use local_cloud::Moment;
use providers::transport::{MailboxFailure, SentCopy, SmtpFailure, SmtpReply, SmtpStage};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use test_stage::Stage;

async fn in_campaign(stage: Stage) -> World {
    let (workspace, _) = stage.workspace("northquay").await;
    let mailbox = stage.mailbox_with_imap(&workspace).await;
    let world = World::over(stage, workspace, Channel::Email, mailbox.clone()).await;
    world.read_mailbox(&mailbox).await;
    world
}

async fn lost() -> World {
    let world = in_campaign(Stage::new().await).await;
    world.stage.mail.take(|_| Err(SmtpFailure::broken(SmtpStage::FinalDot, "reset")));
    world.ask_and_run().await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
    assert!(world.tasks().await.is_empty(), "it is looked for first");
    world
}

#[tokio::test]
async fn copy_in_the_sent_folder_settles_an_uncertain_mail() {
    let world = lost().await;
    let known = world.message().await.unwrap().internet_id.unwrap();
    world.stage.mail.show(move |target, wanted| {
        assert_eq!((target.host.as_str(), target.port), ("imap.northquay.example", 993));
        assert_eq!((target.username.as_str(), target.password.expose()), ("maya", "hunter2"));
        assert_eq!(wanted, known);
        Ok(SentCopy::Found)
    });
    world.ask_and_run().await;
    assert_eq!(world.stage.mail.calls(), (1, 0), "not before the first look is due");
    world.pass(60);
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.provider_id), (MessageState::Accepted, None));
    assert_eq!((world.enrolment().await.generation(), world.stage.mail.calls()), (1, (1, 1)));
    assert!(world.tasks().await.is_empty());
}

/// The function died right behind its claim; they answered the mail before anybody looked at the claim again.
#[tokio::test]
async fn reply_settles_an_uncertain_mail() {
    for ended in [false, true] {
        let world = in_campaign(Stage::new().await).await;
        world.ask().await;
        world.run_and_die_after("step_claimed").await;
        let ours = world.enrolment().await.present_message().unwrap();
        world.answers(&internet_id(&ours, "northquay.example")).await;
        if ended {
            let event = Event::system(EventKind::LeadReplied, world.stage.clock.now());
            let (ports, reason) = (world.ports(), EndReason::Replied);
            ports.enrolments().stop(&world.workspace, &world.key.lead, reason, &event).await.unwrap();
        }
        world.pass(180);
        world.run().await;
        let message = world.message().await.unwrap();
        assert_eq!((message.state, message.attempts), (MessageState::Accepted, 1));
        assert!(message.text.contains("this is the first"), "{message:?}");
        assert_eq!((world.stage.mail.calls(), world.tasks().await), ((0, 0), Vec::new()));
        let enrolment = world.enrolment().await;
        assert_eq!((enrolment.is_active(), enrolment.generation()), (!ended, u16::from(!ended)));
        let lead = world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap();
        assert_eq!(lead.last_contacted_at, message.accepted_at);
    }
}

#[tokio::test]
async fn reply_to_another_mail_settles_nothing() {
    let world = in_campaign(Stage::new().await).await;
    world.ask().await;
    world.run_and_die_after("step_claimed").await;
    world.answers("somebody-elses@practice.example").await;
    world.stage.mail.show(|_, _| Ok(SentCopy::NotFound));
    world.pass(180);
    world.run().await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
}

impl World {
    async fn answers(&self, ours: &str) {
        let (lead, now) = (&self.key.lead, self.stage.clock.now());
        let answer = Message {
            in_reply_to: Some(ours.to_owned()),
            ..Message::blank(
                MessageId::derived(lead, &["answer"]),
                self.workspace.clone(),
                Direction::In,
                Channel::Email,
                now,
            )
        };
        let event = Event::system(EventKind::MessageReceived, now);
        self.ports().messages().create(&answer, &event).await.unwrap();
    }
}

#[tokio::test]
async fn mail_without_a_copy_raises_a_question() {
    let world = lost().await;
    world.stage.mail.show(|_, _| Ok(SentCopy::NotFound));
    world.pass(60);
    world.ask_and_run().await;
    assert_eq!(world.tasks().await, ["Did this mail arrive?"]);
    for _ in 0..24 {
        world.pass(3600);
        world.ask_and_run().await;
    }
    // After a minute, a quarter of an hour, 2 and 8 hours, and a day.
    assert_eq!(world.stage.mail.calls(), (1, 5));
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
    assert!(matches!(*world.enrolment().await.state(), EnrolmentState::Held { until: None, .. }));
}

#[tokio::test]
async fn mail_without_a_copy_follows_the_workspaces_policy() {
    let world = lost().await;
    world.policy(WhenUncertain::Resend).await;
    world.stage.mail.show(|_, _| Ok(SentCopy::NoFolder));
    world.stage.mail.take(|_| Ok(SmtpReply { code: 250, text: "2.0.0 ok".to_owned() }));
    for _ in 0..23 {
        world.pass(3600);
        world.ask_and_run().await;
    }
    assert_eq!(world.stage.mail.calls().0, 1);
    for _ in 0..72 {
        world.pass(3600);
        world.ask_and_run().await;
    }
    assert_eq!(world.stage.mail.calls().0, 2);
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert!(world.tasks().await.is_empty());
}

/// Another server than the one that sends: that this one is down, or knows no such login, keeps no mail back.
#[tokio::test]
async fn sent_folder_that_is_down_is_asked_again_and_stops_nothing() {
    let world = lost().await;
    let mailbox = world.message().await.unwrap().account.unwrap();
    let before = world.ports().breakers().get(&world.workspace, &mailbox).await.unwrap();
    world.stage.mail.show(|_, _| Err(MailboxFailure::HungUp("silent".to_owned())));
    world.pass(60);
    world.ask_and_run().await;
    assert_eq!(world.tasks().await, ["Did this mail arrive?"]);
    world.stage.mail.show(|_, _| Err(MailboxFailure::WrongPassword));
    world.pass(840);
    world.ask_and_run().await;
    assert_eq!(world.stage.mail.calls(), (1, 2));
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
    let account = world.ports().accounts().get(&world.workspace, &mailbox).await.unwrap();
    assert_eq!(account.last_error, None);
    let breaker = world.ports().breakers().get(&world.workspace, &mailbox).await.unwrap();
    let rev =
        |breaker: Option<domain::capacity::circuit_breaker::Breaker>| breaker.map(|breaker| breaker.rev);
    assert_eq!(rev(breaker), rev(before), "nothing is held against the one that sends");

    world.stage.mail.show(|_, _| Ok(SentCopy::Found));
    world.pass(105 * 60);
    world.ask_and_run().await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert!(world.tasks().await.is_empty(), "the question is answered");
}

#[tokio::test]
async fn mail_of_a_dead_sender_is_looked_up_by_its_message_id() {
    let world = in_campaign(Stage::new().await).await;
    let dead = Arc::new(AtomicBool::new(false));
    let struck = dead.clone();
    world.stage.mail.take(move |_| {
        struck.store(true, Ordering::Relaxed);
        Ok(SmtpReply { code: 250, text: "2.0.0 ok".to_owned() })
    });
    let stopped = dead.clone();
    world.stage.cloud.faults().inject(move |moment, _| {
        let dies = moment == Moment::Before && stopped.load(Ordering::Relaxed);
        dies.then(|| local_cloud::Fault::Fail {
            status: 400,
            code: "Gone".to_owned(),
            message: String::new(),
        })
    });
    world.ask_and_run().await;
    dead.store(false, Ordering::Relaxed);
    assert!(world.message().await.is_none(), "nothing was written of it");
    world.stage.mail.show(|_, wanted| {
        assert!(wanted.ends_with("@northquay.example"), "{wanted}");
        Ok(SentCopy::Found)
    });
    world.pass(130);
    world.ask_and_run().await;
    for _ in 0..3 {
        world.pass(SignedDuration::from_mins(15).as_secs());
        world.ask_and_run().await;
    }
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert_eq!(world.stage.mail.calls(), (1, 1));
    assert!(world.tasks().await.is_empty());
}
