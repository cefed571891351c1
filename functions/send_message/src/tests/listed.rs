//! Whoever was looked up in the list once is looked up again only where something of theirs may have been listed since.

use super::closed::{id, text};
use super::scene::World;
use application::{Clock, Ports};
use domain::email_address::EmailAddress;
use domain::enrolment::{EndReason, EnrolmentState};
use domain::event::Event;
use domain::listed::Unlisted;
use domain::suppression::{Suppression, SuppressionReason, SuppressionScope};

async fn world() -> World {
    let world = World::with_steps(vec![text("first"), text("second"), text("third")]).await;
    let leads = world.ports().leads();
    let mut lead = leads.get(&world.workspace, &world.key.lead).await.unwrap();
    lead.email = Some(EmailAddress::parse("ann@one.example").unwrap());
    leads.save(&lead, &Event::system("lead_edited", world.stage.clock.now())).await.unwrap();
    world
}

impl World {
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
        };
        self.ports().suppressions().put(&entry, &Event::system("suppression_added", now)).await.unwrap();
    }

    /// The next step; what was read of the list for it, and of the order in which it was written.
    async fn next(&self) -> (f64, f64) {
        self.pass(60);
        let before = self.stage.cloud.ledger().snapshot();
        self.run_due().await;
        let used = self.stage.cloud.ledger().since(&before).by_keys();
        let read = |keys: &str| used.get(keys).map_or(0.0, |used| used.read_units);
        (read("W#SUPPRESSED"), read("W#LISTED"))
    }

    async fn is_suppressed(&self) -> bool {
        self.enrolment().await.state == EnrolmentState::Ended { reason: EndReason::Suppressed }
    }
}

#[tokio::test]
async fn who_was_unlisted_is_not_looked_up_with_every_step() {
    let world = world().await;
    world.ask().await;
    let (looked_up, order) = world.next().await;
    assert!(looked_up >= 2.0 && order <= 1.0, "{looked_up} {order}");
    world.suppress(SuppressionScope::Email("somebody@two.example".to_owned())).await;
    assert_eq!(world.next().await, (0.0, 1.0), "whoever else is listed");
    assert_eq!((world.calls(), world.enrolment().await.step), (2, Some(id("third"))));
}

/// Nobody is stopped with a domain: it is found before each send.
#[tokio::test]
async fn what_was_listed_since_is_found() {
    let world = world().await;
    world.ask().await;
    world.next().await;
    world.suppress(SuppressionScope::Domain("one.example".to_owned())).await;
    let (looked_up, _) = world.next().await;
    assert!(looked_up >= 2.0, "{looked_up}");
    assert!(world.is_suppressed().await);
    assert_eq!(world.calls(), 1);
}

#[tokio::test]
async fn who_is_reached_elsewhere_is_looked_up_there() {
    let world = world().await;
    world.suppress(SuppressionScope::Email("ann@two.example".to_owned())).await;
    world.ask().await;
    world.next().await;
    assert_eq!(world.calls(), 1);
    let leads = world.ports().leads();
    let mut lead = leads.get(&world.workspace, &world.key.lead).await.unwrap();
    lead.email = Some(EmailAddress::parse("ann@two.example").unwrap());
    leads.save(&lead, &Event::system("lead_edited", world.stage.clock.now())).await.unwrap();
    world.next().await;
    assert!(world.is_suppressed().await);
    assert_eq!(world.calls(), 1);
}

/// So many were listed meanwhile that it is cheaper to look again; or the order does not tell any more.
#[tokio::test]
async fn of_whom_the_order_tells_nothing_is_looked_up_again() {
    let world = world().await;
    world.ask().await;
    world.next().await;
    let mut enrolment = world.enrolment().await;
    let (_, scopes) = enrolment.unlisted.unwrap().parts();
    enrolment.unlisted = Some(Unlisted::of_parts((7, scopes)));
    let event = Event::system("enrolment_scheduled", world.stage.clock.now());
    world.ports().enrolments().save(&enrolment, &event).await.unwrap();
    let (looked_up, _) = world.next().await;
    assert!(looked_up >= 2.0, "{looked_up}");
    assert_eq!(world.enrolment().await.unlisted, Some(Unlisted::of_parts((0, scopes))));
    assert_eq!(world.next().await.0, 0.0);
    assert_eq!(world.calls(), 3);
}
