//! A note from somebody who is away: whatever the sequence waits for, nothing follows before they are back.

use crate::App;
use application::connections::SecretFields;
use application::ingesting::ingest;
use application::queue_messages::{IngestEvent, Payload};
use application::{Clock, Ports};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::TaskId;
use domain::campaign::CampaignState;
use domain::connection::{ConnectionKind, ConnectionSettings};
use domain::enrolment::{Enrolment, EnrolmentState, HoldReason};
use domain::sequence::Channel;
use serde_json::json;
use test_stage::Stage;

const NOTE: &str = "From: ann@one.example\r\nTo: joe@northquay.example\r\nSubject: Automatic reply: out of office\r\n\
    Auto-Submitted: auto-replied\r\nMessage-ID: <away-1@one.example>\r\n\r\n\
    I am out of the office until 2026-12-01.\r\n";

/// What becomes of an enrolment in this state when the note comes.
async fn told_that_ann_is_away(change: impl FnOnce(&mut Enrolment)) -> Enrolment {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let replies = ConnectionSettings::InboundEmail { addresses: vec![] };
    let connection =
        stage.connection(&workspace, replies, SecretFields::one("signing_secret", "whsec_x")).await;
    let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
    let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
    let lead = stage.lead(&workspace, "ann", |_| {}).await;
    let mut enrolment = stage.enrolment(&campaign, &sequence, &lead.id).await;
    change(&mut enrolment);
    let enrolments = stage.ports.enrolments();
    let event = domain::event::Event::system("test", stage.clock.now());
    enrolments.save(&enrolment, &event).await.unwrap();
    let data = json!({ "from": "ann@one.example", "to": ["joe@northquay.example"], "raw_base64": STANDARD.encode(NOTE) });
    let note = IngestEvent::Webhook {
        workspace,
        connection,
        kind: ConnectionKind::InboundEmail,
        received_at: stage.clock.now(),
        event_id: "away-1".to_owned(),
        body: Payload::Inline(json!({ "type": "email.received", "data": data }).to_string()),
    };
    ingest(&App::new(&stage.ports).ports, &note).await.unwrap();
    enrolments.get(&enrolment.key).await.unwrap()
}

fn is_held_until_december(enrolment: &Enrolment) -> bool {
    let EnrolmentState::Held { reason: HoldReason::OutOfOffice, until: Some(until) } = &enrolment.state
    else {
        return false;
    };
    until.to_string().starts_with("2026-12-0")
}

#[tokio::test]
async fn the_next_step_waits() {
    let held = told_that_ann_is_away(|_| {}).await;
    assert!(is_held_until_december(&held), "{held:?}");
}

#[tokio::test]
async fn so_does_what_would_follow_a_task_that_is_open() {
    let held = told_that_ann_is_away(|enrolment| {
        let step = enrolment.step.clone().unwrap();
        let task = TaskId::for_step(&enrolment.key.lead, &enrolment.key.campaign, &step);
        enrolment.wait_for(task).unwrap();
    })
    .await;
    assert!(is_held_until_december(&held), "{held:?}");
    assert!(held.task.is_some(), "the task stays open");
}
