//! A simulated message in its words: those that would go out, in the thread of those before it.

use super::World;
use application::simulating::{SimulatedText, TextPorts, simulated_text};
use application::{Clock, Ports, StoreError, StoreResult};
use domain::LeadId;
use domain::phone_number::PhoneNumber;
use domain::sequence::Step;
use domain::sms::SmsEncoding;
use serde_json::json;

/// Two mails in one thread and an SMS, to Ana and to Ben, whose name nobody knows.
async fn world() -> (World, [LeadId; 2]) {
    let world = World::new(0).await;
    let ports = world.ports();
    let campaign = ports.campaigns().get(&world.workspace, &world.campaign).await.unwrap();
    let sequence = ports.sequences().get(&world.workspace, &campaign.sequence).await.unwrap();
    let first = serde_json::to_value(&sequence.steps[0].id).unwrap();
    let id = |n: usize| {
        serde_json::to_value(domain::StepId::derived(world.stage.clock.now(), &[&n.to_string()])).unwrap()
    };
    let delay = json!({ "amount": 1, "unit": "days" });
    let steps = json!([
        { "id": first, "delay": delay, "kind": "email", "subject": "About {{ company | default('you') }}",
          "body": "Hello {{ first_name | default('there') }}, see {{ preview_url }}" },
        { "id": id(1), "delay": delay, "kind": "email", "subject": "", "body": "Dear {{ first_name }}" },
        { "id": id(2), "delay": delay, "kind": "sms", "body": "It’s {{ first_name | default('me') }}" },
    ]);
    let steps: Vec<Step> = serde_json::from_value(steps).unwrap();
    world.stage.steps(&sequence, steps).await;
    let mut leads = Vec::new();
    for (name, known) in [("ana", true), ("ben", false)] {
        let lead = world.stage.lead(&world.workspace, name, |lead| {
            lead.first_name = known.then(|| "Ana".to_owned());
            lead.company = Some("Garden Café".to_owned());
            lead.phone = PhoneNumber::parse("+442074960351", None).ok();
        });
        leads.push(lead.await.id);
    }
    world.limited(40).await;
    world.start().await;
    world.run().await;
    world.simulated().await;
    (world, leads.try_into().unwrap())
}

async fn text(world: &World, lead: &LeadId, step: u16) -> StoreResult<SimulatedText> {
    let ports = world.ports();
    let campaign = ports.campaigns().get(&world.workspace, &world.campaign).await.unwrap();
    let ports = TextPorts {
        blobs: &*ports.blobs(),
        connections: &*ports.connections(),
        leads: &*ports.leads(),
        sequences: &*ports.sequences(),
        workspaces: &*ports.workspaces(),
        public_url: "https://app.example",
    };
    simulated_text(&ports, &campaign, (0, lead), step).await
}

#[tokio::test]
async fn each_message_of_a_simulation_can_be_read_as_it_would_go_out() {
    let (world, [ana, ben]) = world().await;
    let first = text(&world, &ana, 0).await.unwrap();
    assert_eq!(first.from.as_deref(), Some("Maya <maya0@northquay.example>"));
    assert_eq!(first.to.as_deref(), Some("ana@one.example"));
    assert_eq!(first.subject.as_deref(), Some("About Garden Café"));
    let words = first.text.unwrap();
    assert!(words.starts_with("Hello Ana, see https://app.example/preview/xxx"), "{words}");
    let second = text(&world, &ana, 1).await.unwrap();
    assert_eq!(second.subject.as_deref(), Some("Re: About Garden Café"), "in the thread of the first");
    assert_eq!((second.text.as_deref(), second.sms, second.error), (Some("Dear Ana"), None, None));
    let missing = text(&world, &ben, 1).await.unwrap();
    assert_eq!((missing.subject, missing.text), (None, None));
    assert_eq!(missing.error.as_deref(), Some("'first_name' has no value, and the text gives no default"));
    let pages = world.ports().previews();
    assert!(pages.of_lead(&world.workspace, &ana).await.unwrap().is_none(), "looking makes no page");
}

#[tokio::test]
async fn an_sms_says_what_it_will_be_billed_as() {
    let (world, [ana, _]) = world().await;
    let sms = text(&world, &ana, 2).await.unwrap();
    assert_eq!((sms.subject, sms.text.as_deref()), (None, Some("It’s Ana")));
    assert_eq!(sms.to.as_deref(), Some("+442074960351"));
    let size = sms.sms.unwrap();
    assert_eq!((size.encoding, size.units, size.segments), (SmsEncoding::Ucs2, 8, 1));
}

#[tokio::test]
async fn who_is_not_in_the_simulation_has_no_text_there() {
    let (world, [ana, _]) = world().await;
    let stranger = world.stage.lead(&world.workspace, "carl", |_| {}).await.id;
    assert!(matches!(text(&world, &stranger, 0).await, Err(StoreError::NotFound)));
    assert!(matches!(text(&world, &ana, 9).await, Err(StoreError::NotFound)));
}
