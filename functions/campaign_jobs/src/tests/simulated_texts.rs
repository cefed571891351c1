//! The texts of simulated messages, as they would go out and in their threads.

use super::World;
use application::campaign::simulation::text::{SimulatedText, TextPorts, simulated_text};
use application::campaign::simulation::{read_simulation, simulated_people};
use application::{Clock, Ports, StoreError, StoreResult};
use domain::LeadId;
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Event, EventKind};
use domain::lead::enrichment::{Field, FieldResult, FieldStatus, FieldValue};
use domain::message::price::Prices;
use domain::message::sms::SmsEncoding;
use domain::sequence::Step;
use serde_json::json;

/// Two mails in one thread, an SMS and a chat message, to Ana and to Ben, whose first name is unknown.
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
        { "id": id(3), "delay": delay, "kind": "whatsapp", "template_name": "greeting", "language": "en",
          "body": "Hi {{ first_name }}, five minutes?", "free_text": "" },
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
    world.account(Channel::Sms).await;
    world.account(Channel::Whatsapp).await;
    world.start_job(true).await;
    world.run().await;
    world.simulated().await;
    (world, leads.try_into().unwrap())
}

async fn text(world: &World, lead: &LeadId, step: u16) -> StoreResult<SimulatedText> {
    let ports = world.ports();
    let campaign = ports.campaigns().get(&world.workspace, &world.campaign).await.unwrap();
    let ports = TextPorts {
        blobs: &*ports.blobs(),
        accounts: &*ports.accounts(),
        leads: &*ports.leads(),
        sequences: &*ports.sequences(),
        workspaces: &*ports.workspaces(),
        public_url: "https://app.example",
    };
    simulated_text(&ports, &campaign, (0, lead), (step, None)).await
}

#[tokio::test]
async fn simulated_message_shows_the_final_text() {
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
async fn simulation_has_costs_and_holds_leads_with_missing_values() {
    let (world, [ana, ben]) = world().await;
    let ports = world.ports();
    let made = read_simulation(&*ports.blobs(), &world.workspace, &world.campaign).await.unwrap();
    let result = made.result.clone().unwrap();
    assert_eq!(result.would_be_held[&HoldReason::MissingValue], 1, "Ben, at the second mail");
    assert_eq!(result.senders[0].without_limits, 2, "who would be held gets nothing without limits either");
    let costs = &result.costs;
    assert_eq!((costs.emails, costs.email_micros, costs.sms_segments, costs.sms_micros), (3, None, 1, None));
    let mut workspace = ports.workspaces().get(&world.workspace).await.unwrap();
    workspace.prices =
        Prices { email_micros: Some(100), sms_segment_micros: Some(7_900), whatsapp_micros: Some(65_000) };
    let event = Event::system(EventKind::SettingsChanged, world.stage.clock.now());
    ports.workspaces().save(&workspace, &event).await.unwrap();
    let made = world.simulated().await;
    let costs = made.result.clone().unwrap().costs;
    assert_eq!((costs.email_micros, costs.sms_micros), (Some(300), Some(7_900)));
    assert_eq!((costs.whatsapp, costs.whatsapp_micros), (1, Some(65_000)));
    assert_eq!(costs.currency, workspace.currency);
    let people =
        simulated_people(&*ports.blobs(), &world.workspace, &world.campaign, &made, 0).await.unwrap();
    let of = |lead: &LeadId| people.iter().find(|person| person.lead == *lead).unwrap();
    let each = |lead: &LeadId| of(lead).steps.iter().map(|step| step.cost_micros).collect::<Vec<_>>();
    assert_eq!(each(&ana), [Some(100), Some(100), Some(7_900), Some(65_000)]);
    assert_eq!((of(&ana).steps[2].segments, each(&ben)), (Some(1), vec![Some(100), None]));
    assert_eq!(of(&ben).steps[1].held, Some(HoldReason::MissingValue));
    assert_eq!(text(&world, &ana, 2).await.unwrap().cost_micros, Some(7_900));
    let chat = text(&world, &ana, 3).await.unwrap();
    assert_eq!((chat.text.as_deref(), chat.cost_micros), (Some("Hi Ana, five minutes?"), Some(65_000)));
}

#[tokio::test]
async fn simulated_text_contains_the_opening_line() {
    let (world, [ana, ben]) = world().await;
    let ports = world.ports();
    let campaign = ports.campaigns().get(&world.workspace, &world.campaign).await.unwrap();
    let sequence = ports.sequences().get(&world.workspace, &campaign.sequence).await.unwrap();
    let mut steps = sequence.steps.clone();
    steps.truncate(1);
    steps[0].kind = serde_json::from_value(json!({
        "kind": "email", "subject": "Hi", "body": "{{ first_line }} What do you say?"
    }))
    .unwrap();
    world.stage.steps(&sequence, steps).await;
    let now = world.stage.clock.now();
    let line = FieldStatus::Found {
        value: FieldValue::FirstLine { text: "Your garden is praised.".to_owned(), facts: Vec::new() },
    };
    let (field, source) = (Field::FirstLine, "chat_model".to_owned());
    let result = FieldResult {
        field,
        status: line,
        source,
        at: now,
        input_digest: String::new(),
        why: None,
        written_with: None,
    };
    let event = Event::system(EventKind::FieldFound, now);
    ports.leads().put_field(&world.workspace, &ana, &result, &event).await.unwrap();
    let made = world.simulated().await;
    assert_eq!(made.result.clone().unwrap().messages, 1);
    assert_eq!(
        text(&world, &ana, 0).await.unwrap().text.as_deref(),
        Some("Your garden is praised. What do you say?")
    );
    let people =
        simulated_people(&*ports.blobs(), &world.workspace, &world.campaign, &made, 0).await.unwrap();
    let held = people.iter().find(|person| person.lead == ben).unwrap();
    assert_eq!(held.steps[0].held, Some(HoldReason::MissingValue));
}

#[tokio::test]
async fn simulated_sms_shows_encoding_and_segments() {
    let (world, [ana, _]) = world().await;
    let sms = text(&world, &ana, 2).await.unwrap();
    assert_eq!((sms.subject, sms.text.as_deref()), (None, Some("It’s Ana")));
    assert_eq!(sms.to.as_deref(), Some("+442074960351"));
    let size = sms.sms.unwrap();
    assert_eq!((size.encoding, size.units, size.segments), (SmsEncoding::Ucs2, 8, 1));
}

#[tokio::test]
async fn simulated_text_of_another_lead_is_not_found() {
    let (world, [ana, _]) = world().await;
    let stranger = world.stage.lead(&world.workspace, "carl", |_| {}).await.id;
    assert!(matches!(text(&world, &stranger, 0).await, Err(StoreError::NotFound)));
    assert!(matches!(text(&world, &ana, 9).await, Err(StoreError::NotFound)));
}
