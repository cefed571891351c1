//! A sender is put aside between what permits its send and the claim: what was closed meanwhile stays closed.

use super::scene::World;
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::enrolment::{EnrolmentState, HoldReason};
use domain::event::Event;
use domain::message::MessageState;
use domain::sequence::Channel;
use domain::workspace::Sending;
use jiff::SignedDuration;
use local_cloud::Moment;
use std::sync::atomic::{AtomicBool, Ordering};

impl World {
    /// For half a minute, right before the write that says these words; sending is stopped meanwhile, or the campaign paused.
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
                let event = Event::system("test", since);
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
async fn a_step_that_was_claimed_long_after_it_was_permitted_does_not_go_out_once_its_campaign_is_paused() {
    let world = World::new().await;
    world.put_aside_before("step_claimed", false);
    world.ask_and_run().await;
    world.pass(2);
    world.run().await;
    assert_eq!(world.calls(), 0);
    let held = EnrolmentState::Held { reason: HoldReason::CampaignPaused, until: None };
    assert_eq!(world.enrolment().await.state, held);
    assert!(world.message().await.is_none(), "nothing was tried");
}

#[tokio::test]
async fn a_letter_that_was_claimed_long_after_it_was_permitted_waits_once_sending_is_stopped() {
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
async fn a_sender_that_was_put_aside_goes_on_where_nothing_was_closed() {
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
    assert_eq!((world.calls(), world.enrolment().await.turn), (1, 1));
}
