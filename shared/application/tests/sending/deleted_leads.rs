//! A lead is deleted while something is on its way to it.

use super::scene::{World, accepted};
use application::Ports;
use application::lead::deletion::{DeletionPorts, delete_lead, restore_lead};
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::message::MessageState;
use jiff::SignedDuration;

impl World {
    async fn delete(&self) {
        let lead = (&self.workspace, &self.key.lead);
        delete_lead(&DeletionPorts::new(self.ports()), lead, None).await.unwrap();
    }

    async fn restore(&self) {
        let lead = (&self.workspace, &self.key.lead);
        restore_lead(&DeletionPorts::new(self.ports()), lead, None).await.unwrap();
    }
}

#[tokio::test]
async fn step_that_is_due_after_the_deletion_is_not_sent() {
    let world = World::new().await;
    world.ask().await;
    world.delete().await;
    world.run().await;
    assert_eq!(world.calls(), 0);
    world.restore().await;
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::Removed });
}

#[tokio::test]
async fn deletion_just_before_the_claim_keeps_the_message_back() {
    let world = World::new().await;
    let deletion = DeletionPorts::new(world.ports());
    let (workspace, lead) = (world.workspace.clone(), world.key.lead.clone());
    world.just_before("step_claimed", async move {
        delete_lead(&deletion, (&workspace, &lead), None).await.unwrap();
    });
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
}

#[tokio::test]
async fn message_that_was_claimed_before_the_deletion_is_recorded() {
    let world = World::new().await;
    world.provider(|| Ok(accepted()));
    let deletion = DeletionPorts::new(world.ports());
    let (workspace, lead) = (world.workspace.clone(), world.key.lead.clone());
    world.just_before("message_accepted", async move {
        delete_lead(&deletion, (&workspace, &lead), None).await.unwrap();
    });
    world.ask_and_run().await;
    assert_eq!(world.calls(), 1);
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    world.run_due().await;
    assert_eq!(world.calls(), 1);
}

#[tokio::test]
async fn message_by_hand_is_cancelled_when_its_lead_is_deleted_at_its_time() {
    let world = World::new().await;
    world.provider(|| Ok(accepted()));
    let at = world.ports().clock().now() + SignedDuration::from_hours(1);
    let id = world.write(Channel::Sms, Some(at)).await;
    world.delete().await;
    world.hours(2).await;
    assert_eq!(world.calls(), 0);
    assert_eq!(world.one(&id).await.state, MessageState::Cancelled);
}

#[tokio::test]
async fn message_by_hand_goes_out_after_a_deletion_that_was_undone() {
    let world = World::new().await;
    world.provider(|| Ok(accepted()));
    let at = world.ports().clock().now() + SignedDuration::from_hours(1);
    let id = world.write(Channel::Sms, Some(at)).await;
    world.delete().await;
    world.restore().await;
    world.hours(2).await;
    assert_eq!(world.one(&id).await.state, MessageState::Accepted);
    assert_eq!(world.calls(), 1);
}
