//! Leads that lack a value which a text names are held, marked, and released when it is filled in.

use super::scene::{World, accepted};
use application::campaign::enrol_ports::EnrolPorts;
use application::campaign::release_held::release_lead;
use application::{Clock, Ports};
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Event, EventKind};
use domain::lead::Lead;

const HELD: EnrolmentState = EnrolmentState::Held { reason: HoldReason::MissingValue, until: None };

impl World {
    async fn lead(&self) -> Lead {
        self.ports().leads().get(&self.workspace, &self.key.lead).await.unwrap()
    }

    async fn named(&self, name: Option<&str>) {
        let mut lead = self.lead().await;
        lead.first_name = name.map(str::to_owned);
        let event = Event::system(EventKind::LeadChanged, self.stage.clock.now());
        self.ports().leads().save(&lead, &event).await.unwrap();
    }

    /// Does what the job does that the table's stream has ordered.
    async fn released(&self) {
        let ports = EnrolPorts::new(self.ports());
        let campaigns = self.ports().campaigns();
        release_lead(&ports, &*campaigns, (&self.workspace, &self.key.lead)).await.unwrap();
    }

    async fn second_look(&self) {
        self.pass(2);
        self.run().await;
    }
}

#[tokio::test]
async fn lead_without_a_value_is_held_and_released_when_it_is_filled_in() {
    let world = World::new().await;
    world.named(None).await;
    world.ask_and_run().await;
    world.second_look().await;
    assert_eq!((world.calls(), world.enrolment().await.state().clone()), (0, HELD));
    assert!(world.lead().await.lacks_value);
    world.named(Some("Ann")).await;
    world.released().await;
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Scheduled);
    assert!(!world.lead().await.lacks_value);
    world.run_due().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
    // Again, and of somebody who lacks nothing: there is nothing to write.
    let before = world.stage.cloud.ledger().snapshot();
    world.released().await;
    assert_eq!(world.stage.cloud.ledger().since(&before).write_units(), 0.0);
}

#[tokio::test]
async fn value_filled_in_before_the_mark_is_read_at_the_second_look() {
    let world = World::new().await;
    world.named(None).await;
    let (leads, clock) = (world.ports().leads(), world.stage.clock.clone());
    let (workspace, id) = (world.workspace.clone(), world.key.lead.clone());
    world.just_before("value_wanted", async move {
        let mut lead = leads.get(&workspace, &id).await.unwrap();
        lead.first_name = Some("Ann".to_owned());
        leads.save(&lead, &Event::system(EventKind::LeadChanged, clock.now())).await.unwrap();
    });
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    world.second_look().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
}

#[tokio::test]
async fn lead_without_another_value_is_held_again() {
    let world = World::new().await;
    world.provider(|| Ok(accepted()));
    world.named(None).await;
    world.ask_and_run().await;
    world.second_look().await;
    world.released().await;
    world.run_due().await;
    world.second_look().await;
    assert_eq!((world.calls(), world.enrolment().await.state().clone()), (0, HELD));
    assert!(world.lead().await.lacks_value);
}
