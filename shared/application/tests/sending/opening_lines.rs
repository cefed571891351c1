//! The opening line that goes out: the campaign's own, else the lead's, else the default text; and nothing waits for one.

use super::scene::World;
use application::{Clock, Ports};
use domain::campaign::writing::CampaignWriting;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Event, EventKind};
use domain::lead::enrichment::{Field, FieldResult, FieldStatus, FieldValue};
use domain::sequence::Step;
use serde_json::json;

fn step() -> Step {
    let step = json!({
        "id": "step_01KAG5T6M0000000000000000A", "kind": "sms", "body": "{{ first_line }} Five minutes?",
        "delay": { "amount": 0, "unit": "minutes" },
    });
    serde_json::from_value(step).unwrap()
}

fn warm() -> CampaignWriting {
    CampaignWriting { tone: "warm".to_owned(), ..CampaignWriting::default() }
}

struct Lines {
    own: Option<&'static str>,
    of_campaign: Option<(&'static str, &'static str)>,
}

/// Sends the step in a campaign with these settings and returns its text; none if the lead is held instead.
async fn sent(writing: CampaignWriting, lines: Lines) -> Option<String> {
    let world = World::with_steps(vec![step()]).await;
    let (ports, workspace) = (world.ports(), &world.workspace);
    let (lead, id) = (&world.key.lead, &world.key.campaign);
    let now = world.stage.clock.now();
    let event = Event::system(EventKind::FieldFound, now);
    let result = |text: &str, source: &str| FieldResult {
        field: Field::FirstLine,
        status: FieldStatus::Found {
            value: FieldValue::FirstLine { text: text.to_owned(), facts: Vec::new() },
        },
        source: source.to_owned(),
        at: now,
        input_digest: String::new(),
        why: None,
        written_with: None,
    };
    if let Some(own) = lines.own {
        ports.leads().put_field(workspace, lead, &result(own, "chat_model"), &event).await.unwrap();
    }
    if let Some((text, source)) = lines.of_campaign {
        let line = result(text, source);
        ports.leads().put_campaign_line(workspace, lead, id, &line, &event).await.unwrap();
    }
    let mut campaign = ports.campaigns().get(workspace, id).await.unwrap();
    campaign.writing = writing;
    ports.campaigns().save(&campaign, &event).await.unwrap();
    world.ask_and_run().await;
    if world.calls() == 0 {
        world.pass(2);
        world.run().await;
        let held = EnrolmentState::Held { reason: HoldReason::MissingValue, until: None };
        assert_eq!(*world.enrolment().await.state(), held);
        return None;
    }
    let file = ports.leads().file(workspace, lead).await.unwrap();
    let text = file.messages.last().expect("it went out").text.clone();
    Some(text.strip_suffix(" Five minutes?").expect("the step's own words").to_owned())
}

#[tokio::test]
async fn message_has_the_line_of_its_campaign_then_the_leads_then_the_default_text() {
    let (own, of_campaign) = (Some("The lead's."), Some(("The campaign's.", "chat_model")));
    let stands_in = Some(("The default text.", "fallback"));
    let text = async |writing, own, of_campaign| sent(writing, Lines { own, of_campaign }).await;
    assert_eq!(text(warm(), own, of_campaign).await.as_deref(), Some("The campaign's."));
    assert_eq!(text(warm(), own, None).await.as_deref(), Some("The lead's."));
    assert_eq!(text(warm(), own, stands_in).await.as_deref(), Some("The lead's."));
    assert_eq!(text(warm(), None, stands_in).await.as_deref(), Some("The default text."));
    let plain = CampaignWriting::default();
    assert_eq!(text(plain.clone(), own, of_campaign).await.as_deref(), Some("The lead's."));
    assert_eq!(text(plain, None, of_campaign).await, None, "it lacks the value, as it always did");
    assert_eq!(text(warm(), None, None).await, None);
}

#[tokio::test]
async fn message_of_a_campaign_without_ai_has_the_default_text() {
    let off = CampaignWriting { ai: false, ..warm() };
    let lines = Lines { own: Some("The lead's."), of_campaign: Some(("The campaign's.", "chat_model")) };
    let default = "I wanted to get in touch with you personally.";
    assert_eq!(sent(off.clone(), lines).await.as_deref(), Some(default));
    assert_eq!(sent(off, Lines { own: None, of_campaign: None }).await.as_deref(), Some(default));
}
