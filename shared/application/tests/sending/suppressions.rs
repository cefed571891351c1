//! The suppression list is read for each send: the lead's address, its domain and its number.

use super::closed::{id, text};
use super::scene::World;
use application::{Clock, Ports};
use domain::contact::email_address::EmailAddress;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};

impl World {
    /// Ann, who is to get three texts and has an e-mail address besides.
    async fn with_three_texts() -> Self {
        let world = Self::with_steps(vec![text("first"), text("second"), text("third")]).await;
        world.is_reached_at("ann@one.example").await;
        world
    }

    async fn is_reached_at(&self, address: &str) {
        let leads = self.ports().leads();
        let mut lead = leads.get(&self.workspace, &self.key.lead).await.unwrap();
        lead.email = Some(EmailAddress::parse(address).unwrap());
        leads.save(&lead, &Event::system(EventKind::LeadChanged, self.stage.clock.now())).await.unwrap();
    }

    async fn suppress(&self, scope: SuppressionScope) {
        let now = self.stage.clock.now();
        let entry = Suppression {
            workspace: self.workspace.clone(),
            scope,
            reason: SuppressionReason::Manual,
            source: None,
            created_by: None,
            created_at: now,
            expires_at: None,
            sign: None,
        };
        self.ports()
            .suppressions()
            .put(&entry, &Event::system(EventKind::SuppressionAdded, now))
            .await
            .unwrap();
    }

    async fn next(&self) {
        self.pass(60);
        self.run_due().await;
    }

    async fn is_suppressed(&self) -> bool {
        *self.enrolment().await.state() == EnrolmentState::Ended { reason: EndReason::Suppressed }
    }
}

#[tokio::test]
async fn step_goes_out_while_others_are_listed() {
    let world = World::with_three_texts().await;
    world.ask().await;
    world.next().await;
    world.suppress(SuppressionScope::Email("somebody@two.example".to_owned())).await;
    world.next().await;
    assert_eq!((world.calls(), world.enrolment().await.step().clone()), (2, Some(id("third"))));
}

/// Suppressing a domain stops no enrolment by itself: each send finds it in the list.
#[tokio::test]
async fn enrolment_ends_after_its_leads_domain_was_listed_between_two_steps() {
    let world = World::with_three_texts().await;
    world.ask().await;
    world.next().await;
    world.suppress(SuppressionScope::Domain("one.example".to_owned())).await;
    world.next().await;
    assert!(world.is_suppressed().await);
    assert_eq!(world.calls(), 1);
}

#[tokio::test]
async fn enrolment_ends_after_its_lead_moved_to_a_listed_address() {
    let world = World::with_three_texts().await;
    world.suppress(SuppressionScope::Email("ann@two.example".to_owned())).await;
    world.ask().await;
    world.next().await;
    assert_eq!(world.calls(), 1);
    world.is_reached_at("ann@two.example").await;
    world.next().await;
    assert!(world.is_suppressed().await);
    assert_eq!(world.calls(), 1);
}
