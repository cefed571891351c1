//! Corrections by a user: what providers found for the wrong value is discarded, and they are asked again.

use super::suite;
use application::Ports;
use application::queue_messages::Queue;
use domain::ai_prompt::WrittenWith;
use domain::contact::country::Country;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::enrichment::{Field, FieldResult, FieldStatus, FieldValue};
use domain::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use local_cloud::Moment;
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test]
async fn corrected_address_removes_its_zone_and_looks_up_the_location() {
    let suite = suite().await;
    let ann = |lead: &mut Lead| {
        lead.address = Some("12 Main St, Dallas".to_owned());
        lead.country = Country::from_name("US");
    };
    let lead = suite.stage.lead(&suite.workspace, "ann", ann).await;
    let zone = ZoneName::parse("America/Chicago").unwrap();
    let zone = Some(ZoneFact { zone, source: ZoneSource::Address, confidence: 90 });
    let ports = &suite.stage.ports;
    let event = Event::system(EventKind::LeadEnriched, lead.created_at);
    ports.leads().save(&Lead { zone: zone.clone(), ..lead.clone() }, &event).await.unwrap();
    let path = format!("/api/leads/{}", lead.id);
    // The number of enrichment orders since the last call.
    let asked = || suite.stage.messages(Queue::Enrichment).len();
    let stored = async || ports.leads().get(&suite.workspace, &lead.id).await.unwrap().zone;

    suite.patch(&path, json!({ "job_title": "Owner" })).await.expect(200);
    assert_eq!((stored().await, asked()), (zone, 0));
    suite.patch(&path, json!({ "address": "5 Market St, San Francisco" })).await.expect(200);
    assert_eq!((stored().await, asked()), (None, 1));
    suite.patch(&path, json!({ "zone": "America/Denver" })).await.expect(200);
    suite.patch(&path, json!({ "city": "Denver" })).await.expect(200);
    assert_eq!((stored().await.map(|fact| fact.source), asked()), (Some(ZoneSource::Given), 1));
}

fn line_of(lead: &Lead) -> FieldResult {
    let value = FieldValue::FirstLine { text: "I came across Beta.".to_owned(), facts: Vec::new() };
    FieldResult {
        field: Field::FirstLine,
        status: FieldStatus::Found { value },
        source: "fallback".to_owned(),
        at: lead.created_at,
        input_digest: String::new(),
        why: None,
        written_with: None,
    }
}

/// The line is stored after the request has read the lead, and before it saves it.
#[tokio::test]
async fn opening_line_that_was_written_while_its_lead_was_corrected_is_ordered_anew() {
    let suite = suite().await;
    let lead = suite.stage.lead(&suite.workspace, "ann", |lead| lead.company = Some("Beta".to_owned())).await;
    let (leads, written, once) = (suite.stage.ports.leads(), lead.clone(), AtomicBool::new(true));
    suite.stage.cloud.faults().hold_up(move |moment, call| {
        let saves = moment == Moment::Before && String::from_utf8_lossy(call.body).contains("lead_changed");
        if !saves || !once.swap(false, Ordering::Relaxed) {
            return None;
        }
        let (leads, lead) = (leads.clone(), written.clone());
        let event = Event::system(EventKind::FieldFound, lead.created_at);
        Some(Box::pin(async move {
            leads.put_field(&lead.workspace, &lead.id, &line_of(&lead), &event).await.unwrap();
        }))
    });
    suite.patch(&format!("/api/leads/{}", lead.id), json!({ "company": "Gamma" })).await.expect(200);
    suite.stage.cloud.faults().clear();
    assert_eq!(suite.stage.messages(Queue::Ai).len(), 1);
}

#[tokio::test]
async fn corrected_company_orders_a_new_opening_line() {
    let suite = suite().await;
    let ports = &suite.stage.ports;
    let lead = suite.stage.lead(&suite.workspace, "ann", |lead| lead.company = Some("Ace".to_owned())).await;
    let mut workspace = ports.workspaces().get(&suite.workspace).await.unwrap();
    workspace.ai_enabled = true;
    let event = Event::system(EventKind::LeadChanged, lead.created_at);
    ports.workspaces().save(&workspace, &event).await.unwrap();
    let path = format!("/api/leads/{}", lead.id);
    let asked = async |changes| {
        suite.patch(&path, changes).await.expect(200);
        suite.stage.messages(Queue::Ai).len()
    };
    assert_eq!(asked(json!({ "company": "Beta" })).await, 0, "nothing was written of them");
    ports.leads().put_field(&suite.workspace, &lead.id, &line_of(&lead), &event).await.unwrap();
    assert_eq!(asked(json!({ "notes": "Met at the fair" })).await, 0);
    assert_eq!(asked(json!({ "company": "Gamma" })).await, 1);
}

#[tokio::test]
async fn line_shows_the_model_and_prompt_that_it_was_written_with_unless_no_model_wrote_it() {
    let suite = suite().await;
    let lead = suite.stage.lead(&suite.workspace, "ann", |_| {}).await;
    let event = Event::system(EventKind::FieldFound, lead.created_at);
    let shown = async |source: &str| {
        let value = FieldValue::FirstLine { text: "I came across Beta.".to_owned(), facts: Vec::new() };
        let line = FieldResult {
            field: Field::FirstLine,
            status: FieldStatus::Found { value },
            source: source.to_owned(),
            at: lead.created_at,
            input_digest: String::new(),
            why: None,
            written_with: Some(WrittenWith { model: "small".to_owned(), prompt: "1.3".to_owned() }),
        };
        suite.stage.ports.leads().put_field(&suite.workspace, &lead.id, &line, &event).await.unwrap();
        let shown = suite.get(&format!("/api/leads/{}", lead.id)).await.expect(200);
        shown["enrichment"][0]["written_with"].clone()
    };
    assert_eq!(shown("chat_model").await, json!({ "model": "small", "prompt": "1.3" }));
    assert_eq!(shown("fallback").await, serde_json::Value::Null, "the default text");
}
