//! A sender is put aside between what permits its send and the claim: what was closed meanwhile stays closed.

use super::scene::World;
use application::sending::uncertain::ask_user;
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::event::{Event, EventKind};
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::message::MessageState;
use domain::workspace::Sending;
use jiff::SignedDuration;
use local_cloud::Moment;
use std::sync::atomic::{AtomicBool, Ordering};

impl World {
    /// Suspends the sender for half a minute right before the write with these words; sending is stopped meanwhile, or the campaign paused.
    fn put_aside_before(&self, words: &'static str, stops_all: bool) {
        let (campaigns, workspaces) = (self.ports().campaigns(), self.ports().workspaces());
        let (workspace, campaign) = (self.workspace.clone(), self.key.campaign.clone());
        let (clock, first) = (self.stage.clock.clone(), AtomicBool::new(true));
        self.stage.cloud.faults().hold_up(move |moment, call| {
            let is_it = moment == Moment::Before && String::from_utf8_lossy(call.body).contains(words);
            if !is_it || !first.swap(false, Ordering::Relaxed) {
                return None;
            }
            let (campaigns, workspaces, clock) = (campaigns.clone(), workspaces.clone(), clock.clone());
            let (workspace, campaign) = (workspace.clone(), campaign.clone());
            Some(Box::pin(async move {
                let since = clock.now();
                let event = Event::system(EventKind::LeadChanged, since);
                if stops_all {
                    let mut workspace = workspaces.get(&workspace).await.unwrap();
                    workspace.sending = Sending::Stopped { since, until: None };
                    workspaces.save(&workspace, &event).await.unwrap();
                } else {
                    let mut campaign = campaigns.get(&workspace, &campaign).await.unwrap();
                    campaign.move_to(CampaignState::Paused, since).unwrap();
                    campaigns.save(&campaign, &event).await.unwrap();
                }
                clock.advance_to(since + SignedDuration::from_secs(30));
            }))
        });
    }
}

#[tokio::test]
async fn step_with_old_permits_is_not_sent_after_its_campaign_was_paused() {
    let world = World::new().await;
    world.put_aside_before("step_claimed", false);
    world.ask_and_run().await;
    world.pass(2);
    world.run().await;
    assert_eq!(world.calls(), 0);
    let held = EnrolmentState::Held { reason: HoldReason::CampaignPaused, until: None };
    assert_eq!(*world.enrolment().await.state(), held);
    assert!(world.message().await.is_none(), "nothing was tried");
}

/// Suppressing a domain stops no enrolment by itself.
#[tokio::test]
async fn step_with_an_old_list_is_not_sent_to_a_suppressed_lead() {
    let world = World::new().await;
    let leads = world.ports().leads();
    let mut lead = leads.get(&world.workspace, &world.key.lead).await.unwrap();
    lead.email = Some(EmailAddress::parse("ann@one.example").unwrap());
    leads.save(&lead, &Event::system(EventKind::LeadChanged, world.stage.clock.now())).await.unwrap();
    let (suppressions, clock) = (world.ports().suppressions(), world.stage.clock.clone());
    let workspace = world.workspace.clone();
    world.just_before("step_claimed", async move {
        clock.advance_to(clock.now() + SignedDuration::from_secs(10));
        let entry = Suppression {
            workspace,
            scope: SuppressionScope::Domain("one.example".to_owned()),
            reason: SuppressionReason::Manual,
            source: None,
            created_by: None,
            created_at: clock.now(),
            expires_at: None,
            sign: None,
        };
        suppressions.put(&entry, &Event::system(EventKind::SuppressionAdded, clock.now())).await.unwrap();
    });
    world.ask_and_run().await;
    world.pass(2);
    world.run().await;
    assert_eq!(world.calls(), 0);
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::Suppressed });
    assert!(world.message().await.is_none(), "nothing was tried");
}

/// The other attempt is over, its question asked, when the lead is read.
#[tokio::test]
async fn suspended_attempt_leaves_another_attempts_question_open() {
    let world = World::new().await;
    let id = world.write(Channel::Sms, None).await;
    let lead = world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap();
    let (messages, tasks, clock) =
        (world.ports().messages(), world.ports().tasks(), world.stage.clock.clone());
    let mut message = world.one(&id).await;
    world.just_before("KeyConditionExpression", async move {
        let now = clock.now();
        (message.state, message.attempts) = (MessageState::Uncertain, 1);
        messages.save(&message, &Event::system(EventKind::MessageUncertain, now)).await.unwrap();
        ask_user(&*messages, &*tasks, &lead, &message, now).await.unwrap();
    });
    world.run().await;
    world.hours(1).await;
    let file = world.ports().leads().file(&world.workspace, &world.key.lead).await.unwrap();
    let open: Vec<_> = file.tasks.iter().filter(|task| task.done_at.is_none()).collect();
    assert_eq!(open.len(), 1);
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Uncertain, 0));
}

#[tokio::test]
async fn one_off_with_old_permits_waits_after_sending_was_stopped() {
    let world = World::new().await;
    world.put_aside_before("message_claimed", true);
    let id = world.write(Channel::Sms, None).await;
    world.run().await;
    world.pass(2);
    world.run().await;
    let letter = world.one(&id).await;
    assert_eq!((world.calls(), letter.state, letter.claim), (0, MessageState::Queued, None));
    world.sending(Sending::Running).await;
    world.hours(1).await;
    assert_eq!((world.calls(), world.one(&id).await.state), (1, MessageState::Accepted));
}

#[tokio::test]
async fn suspended_sender_continues_when_nothing_was_closed() {
    let world = World::new().await;
    let (clock, first) = (world.stage.clock.clone(), AtomicBool::new(true));
    world.stage.cloud.faults().hold_up(move |moment, call| {
        let is_it = moment == Moment::Before && String::from_utf8_lossy(call.body).contains("step_claimed");
        if is_it && first.swap(false, Ordering::Relaxed) {
            clock.advance_to(clock.now() + SignedDuration::from_secs(30));
        }
        None
    });
    world.ask_and_run().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
}
