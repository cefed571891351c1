//! A lead is merged into another one while something is on its way to it.

use super::many::many_to;
use super::scene::{World, accepted, by_utc};
use application::Ports;
use application::lead::merging::{MergeOutcome, MergePorts, merge_leads};
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::merging::MergeChoices;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::message::MessageState;
use domain::{LeadId, WorkspaceId};
use jiff::SignedDuration;

const OTHER: &str = "+12065550102";

impl World {
    /// Another lead, which is the same person with another number.
    async fn other(&self) -> LeadId {
        let number = |lead: &mut Lead| {
            lead.phone = PhoneNumber::try_from(OTHER.to_owned()).ok();
            lead.zone = by_utc();
        };
        self.stage.lead(&self.workspace, "ann2", number).await.id
    }

    /// Enrols the other lead in the same campaign, too.
    async fn enrol_too(&self, lead: &LeadId) -> EnrolmentKey {
        let campaign = self.ports().campaigns().get(&self.workspace, &self.key.campaign).await.unwrap();
        let sequence = self.ports().sequences().get(&self.workspace, &campaign.sequence).await.unwrap();
        self.stage.enrolment(&campaign, &sequence, lead).await.key().clone()
    }

    async fn merge(&self, survivor: &LeadId, absorbed: &LeadId) {
        merge(&MergePorts::new(self.ports()), &self.workspace, survivor, absorbed).await;
    }

    async fn state_of(&self, key: &EnrolmentKey) -> EnrolmentState {
        self.ports().enrolments().get(key).await.unwrap().state().clone()
    }
}

async fn merge(ports: &MergePorts, workspace: &WorkspaceId, survivor: &LeadId, absorbed: &LeadId) {
    let done = merge_leads(ports, workspace, (survivor, absorbed), &MergeChoices::new(), None).await.unwrap();
    assert!(matches!(done, MergeOutcome::Merged(_)), "{done:?}");
}

#[tokio::test]
async fn step_that_is_due_after_the_merge_is_not_sent_to_either_number() {
    let world = World::new().await;
    let other = world.other().await;
    world.ask().await;
    world.merge(&other, &world.key.lead).await;
    world.run().await;
    world.hours(48).await;
    assert_eq!(world.calls(), 0);
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::Removed });
}

#[tokio::test]
async fn merge_just_before_the_claim_keeps_the_message_back() {
    let world = World::new().await;
    let other = world.other().await;
    let ports = MergePorts::new(world.ports());
    let (workspace, absorbed) = (world.workspace.clone(), world.key.lead.clone());
    world.just_before("step_claimed", async move { merge(&ports, &workspace, &other, &absorbed).await });
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
}

#[tokio::test]
async fn message_that_was_claimed_before_the_merge_is_recorded_and_no_other_follows() {
    let world = World::new().await;
    world.provider(|| Ok(accepted()));
    let other = world.other().await;
    let also = world.enrol_too(&other).await;
    let ports = MergePorts::new(world.ports());
    let (workspace, survivor, absorbed) = (world.workspace.clone(), other.clone(), world.key.lead.clone());
    world.just_before("message_accepted", async move {
        merge(&ports, &workspace, &survivor, &absorbed).await;
    });
    world.ask_and_run().await;
    assert_eq!(world.calls(), 1);
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    let file = world.ports().leads().file(&world.workspace, &other).await.unwrap();
    assert_eq!(file.messages.len(), 1, "the survivor's file has it");
    world.run_due().await;
    world.hours(48).await;
    assert_eq!(world.calls(), 1);
    for key in [&world.key, &also] {
        assert_eq!(world.state_of(key).await, EnrolmentState::Ended { reason: EndReason::Removed });
    }
}

#[tokio::test]
async fn survivor_goes_on_in_a_campaign_of_its_own() {
    let world = World::new().await;
    world.provider(|| Ok(accepted()));
    let other = world.other().await;
    world.merge(&world.key.lead, &other).await;
    world.ask_and_run().await;
    assert_eq!(world.calls(), 1);
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
}

#[tokio::test]
async fn opt_out_of_the_absorbed_number_stops_the_survivors_sequence() {
    let world = World::new().await;
    let other = world.other().await;
    let at = world.ports().clock().now();
    let number = PhoneNumber::try_from(OTHER.to_owned()).unwrap();
    let entry = Suppression {
        workspace: world.workspace.clone(),
        scope: SuppressionScope::phone(&number),
        reason: SuppressionReason::OptedOut,
        source: None,
        created_by: None,
        created_at: at,
        expires_at: None,
        sign: None,
    };
    let event = Event::system(EventKind::AddressSuppressed, at);
    world.ports().suppressions().put(&entry, &event).await.unwrap();
    world.merge(&world.key.lead, &other).await;
    world.ask_and_run().await;
    world.hours(48).await;
    assert_eq!(world.calls(), 0);
    assert!(!world.enrolment().await.is_active());
}

#[tokio::test]
async fn message_by_hand_to_the_absorbed_lead_goes_to_the_survivor_at_its_time() {
    let world = World::new().await;
    world.provider(|| Ok(accepted()));
    let other = world.other().await;
    let at = world.ports().clock().now() + SignedDuration::from_hours(1);
    let id = world.write(Channel::Sms, Some(at)).await;
    world.merge(&other, &world.key.lead).await;
    world.hours(2).await;
    assert_eq!(world.calls(), 1);
    assert_eq!(world.one(&id).await.to, OTHER);
    assert_eq!(world.one(&id).await.state, MessageState::Accepted);
}

#[tokio::test]
async fn bulk_message_goes_once_to_leads_that_were_merged_while_it_waited() {
    for survivor_first in [true, false] {
        let world = World::new().await;
        world.provider(|| Ok(accepted()));
        let (other, own) = (world.other().await, world.key.lead.clone());
        let (survivor, absorbed) = if survivor_first { (&own, &other) } else { (&other, &own) };
        let (_, ids) = many_to(&world, Channel::Sms, "Hello", &[own.clone(), other.clone()]).await;
        world.merge(survivor, absorbed).await;
        world.run().await;
        world.hours(48).await;
        assert_eq!(world.calls(), 1, "{survivor_first}");
        let mut states = Vec::new();
        for id in &ids {
            states.push(world.one(id).await.state);
        }
        states.sort();
        assert_eq!(states, [MessageState::Accepted, MessageState::Cancelled]);
    }
}

#[tokio::test]
async fn bulk_message_that_one_lead_had_does_not_go_to_the_one_that_it_was_merged_into() {
    let world = World::new().await;
    world.provider(|| Ok(accepted()));
    let (other, own) = (world.other().await, world.key.lead.clone());
    let ports = MergePorts::new(world.ports());
    let (workspace, survivor, absorbed) = (world.workspace.clone(), other.clone(), own.clone());
    many_to(&world, Channel::Sms, "Hello", &[own, other]).await;
    // The first goes out as one lead, and they are merged before the second is looked at.
    world.just_before("message_accepted", async move {
        merge(&ports, &workspace, &survivor, &absorbed).await;
    });
    world.run().await;
    world.hours(48).await;
    assert_eq!(world.calls(), 1);
}
