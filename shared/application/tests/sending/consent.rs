//! Leads without the consent that a message needs are held, and released when it is recorded.

use super::scene::World;
use application::campaign::enrol_ports::EnrolPorts;
use application::campaign::release_held::release_lead;
use application::{Clock, Ports};
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Event, EventKind};
use domain::lead::consent::{Consent, ConsentBasis, Consents};

const HELD: EnrolmentState = EnrolmentState::Held { reason: HoldReason::NoConsent, until: None };

impl World {
    async fn agreed(&self, basis: Option<ConsentBasis>) {
        let mut lead = self.ports().leads().get(&self.workspace, &self.key.lead).await.unwrap();
        let known = lead.consents.get(Channel::Sms).cloned();
        lead.consents = match basis {
            None => Consents::default(),
            Some(basis) => {
                let known = known.unwrap_or_else(|| test_stage::written_consent(self.stage.clock.now()));
                Consents::on(Channel::ALL, &Consent { basis, ..known })
            }
        };
        let event = Event::system(EventKind::LeadChanged, self.stage.clock.now());
        self.ports().leads().save(&lead, &event).await.unwrap();
    }

    /// Does what the job does that the table's stream has ordered.
    async fn looked_at_again(&self) {
        let ports = EnrolPorts::new(self.ports());
        let campaigns = self.ports().campaigns();
        release_lead(&ports, &*campaigns, (&self.workspace, &self.key.lead)).await.unwrap();
    }
}

#[tokio::test]
async fn text_to_the_united_states_waits_for_written_consent() {
    let world = World::new().await;
    world.agreed(None).await;
    world.ask_and_run().await;
    assert_eq!((world.calls(), world.enrolment().await.state().clone()), (0, HELD));
    // A weaker basis than the law asks for: it is held again.
    world.agreed(Some(ConsentBasis::LegitimateInterest)).await;
    world.looked_at_again().await;
    world.run_due().await;
    assert_eq!((world.calls(), world.enrolment().await.state().clone()), (0, HELD));
    world.agreed(Some(ConsentBasis::WrittenConsent)).await;
    world.looked_at_again().await;
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Scheduled);
    world.run_due().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
}
