//! The address in a mail's links and pixel: the workspace's own domain while it works.

use super::keyed::keyed;
use super::scene::World;
use application::{Clock, Ports};
use domain::contact::country::Country;
use domain::event::{Event, EventKind};
use domain::workspace::tracking_domain::{DomainName, DomainState, TrackingDomain};

async fn with_domain(world: &World, state: DomainState) {
    let workspaces = world.ports().workspaces();
    let now = world.stage.clock.now();
    let mut workspace = workspaces.get(&world.workspace).await.unwrap();
    let name = DomainName::parse("go.acme.com").unwrap();
    workspace.tracking.domain = Some(TrackingDomain { state, ..TrackingDomain::new(name, now) });
    workspaces.save(&workspace, &Event::system(EventKind::SettingsChanged, now)).await.unwrap();
}

async fn mail_to_a_lead_in(country: &str, agreed: bool) -> String {
    let (world, sent, _) = keyed(0).await;
    let leads = world.ports().leads();
    let mut lead = leads.get(&world.workspace, &world.key.lead).await.unwrap();
    lead.country = Country::parse(country);
    lead.tracking_consent = agreed.then(|| jiff::civil::date(2026, 11, 2));
    leads.save(&lead, &Event::system(EventKind::LeadChanged, world.stage.clock.now())).await.unwrap();
    world.ask_and_run().await;
    let mail: serde_json::Value = serde_json::from_slice(&sent.lock().unwrap()[0].1).unwrap();
    mail["html"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn mail_has_no_pixel_where_the_law_asks_for_a_consent_that_is_not_recorded() {
    for country in ["FR", "IT"] {
        let without = mail_to_a_lead_in(country, false).await;
        assert!(!without.contains("/t/o/") && !without.contains("/t/c/"), "{country}: {without}");
        assert!(mail_to_a_lead_in(country, true).await.contains("/t/o/"), "{country}");
    }
    assert!(mail_to_a_lead_in("US", false).await.contains("/t/o/"));
}

async fn html_of_a_mail(state: DomainState) -> (String, String) {
    let (world, sent, _) = keyed(0).await;
    with_domain(&world, state).await;
    world.ask_and_run().await;
    let mail: serde_json::Value = serde_json::from_slice(&sent.lock().unwrap()[0].1).unwrap();
    (mail["html"].as_str().unwrap().to_owned(), mail["headers"]["List-Unsubscribe"].to_string())
}

#[tokio::test]
async fn pixel_uses_the_domain_that_works_and_the_opt_out_does_not() {
    let (html, opt_out) = html_of_a_mail(DomainState::Works).await;
    assert!(html.contains("https://go.acme.com/t/o/"), "{html}");
    assert!(!html.contains("https://leadflow.example/t/"), "{html}");
    assert!(opt_out.contains("https://leadflow.example/u/"), "an opt-out does not depend on it: {opt_out}");
}

#[tokio::test]
async fn mail_falls_back_to_the_standard_address_while_the_domain_does_not_work() {
    for state in [DomainState::WaitingForDns, DomainState::WrongTarget, DomainState::NotReached] {
        let (html, _) = html_of_a_mail(state).await;
        assert!(html.contains("https://leadflow.example/t/o/"), "{state:?}: {html}");
        assert!(!html.contains("go.acme.com"), "{state:?}: {html}");
    }
}
