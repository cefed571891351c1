//! The states of a lead's steps: done, skipped with a reason, or planned.

use super::suite;
use application::Ports;
use domain::campaign::CampaignState;
use domain::sequence::condition::Condition;

use domain::contact::channel::Channel;
use domain::enrolment::Enrolment;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::message::{Direction, Message, MessageState};
use domain::sequence::step_kind::{StepKind, StepTask};
use domain::sequence::{Sequence, Step};
use domain::time::delay::{Delay, DelayUnit};
use domain::{MessageId, SequenceId, StepId};
use jiff::Timestamp;
use serde_json::{Value, json};
use test_stage::Suite;

fn step(name: &str, kind: StepKind) -> Step {
    let delay = Delay { amount: 0, unit: DelayUnit::Days };
    Step { id: id(name), delay, not_before: None, not_after: None, kind }
}

fn id(name: &str) -> StepId {
    StepId::derived(Timestamp::UNIX_EPOCH, &[name])
}

fn email(name: &str) -> Step {
    let subject = name.to_owned();
    step(name, StepKind::Email { subject, body: "Hello".to_owned(), template: None, variants: Vec::new() })
}

fn sms(name: &str) -> Step {
    step(name, StepKind::Sms { body: "Hello".to_owned(), template: None, variants: Vec::new() })
}

fn call(name: &str) -> Step {
    let (title, body) = ("Call".to_owned(), String::new());
    step(name, StepKind::Task { task: StepTask::Call, title, body })
}

fn branch(yes: &str, no: &str) -> Step {
    step("asked", StepKind::Branch { condition: Condition::Clicked {}, yes: id(yes), no: id(no) })
}

/// Ana is enrolled in a campaign with these steps; she has an address and no number.
async fn under_way(suite: &Suite, steps: Vec<Step>) -> (Lead, Enrolment) {
    let texts = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
    let other = SequenceId::derived(texts.created_at, &["branched"]);
    let sequence = Sequence { id: other, steps, rev: 0, ..texts };
    let event = Event::system(EventKind::LeadChanged, sequence.created_at);
    suite.stage.ports.sequences().save(&sequence, &event).await.unwrap();
    let campaign = suite.stage.campaign("Spring", &sequence, CampaignState::Active, |_| {}).await;
    let lead = suite.stage.lead(&suite.workspace, "ana", |_| {}).await;
    let enrolment = suite.stage.enrolment(&campaign, &sequence, &lead.id).await;
    (lead, enrolment)
}

async fn sent(suite: &Suite, enrolment: &Enrolment, step: &str, state: MessageState) {
    let key = enrolment.key();
    let message = MessageId::for_step(&key.lead, &key.campaign, &id(step));
    let now = enrolment.enrolled_at();
    let mut message = Message::blank(message, key.workspace.clone(), Direction::Out, Channel::Email, now);
    (message.campaign, message.step, message.state) = (Some(key.campaign.clone()), Some(id(step)), state);
    suite.stage.ports.messages().create(&message, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
}

async fn stands_at(suite: &Suite, enrolment: &Enrolment, step: Option<&str>) {
    let mut onward = enrolment.clone();
    onward.advance(enrolment.enrolled_at(), step.map(id), None);
    let event = Event::system(EventKind::LeadChanged, enrolment.enrolled_at());
    suite.stage.ports.enrolments().save(&onward, &event).await.unwrap();
}

async fn line(suite: &Suite, lead: &Lead) -> Vec<Value> {
    let timeline = suite.get(&format!("/api/leads/{}/timeline", lead.id)).await.expect(200);
    let why = suite.get(&format!("/api/leads/{}/why", lead.id)).await.expect(200);
    let told = timeline["enrolments"][0].clone();
    assert_eq!(told["line"], why["enrolments"][0]["enrolment"]["line"]);
    assert_eq!(told["steps"], told["line"].as_array().unwrap().len());
    let short = |step: &Value| json!([step["kind"], step["state"], step["why"]]);
    told["line"].as_array().unwrap().iter().map(short).collect()
}

#[tokio::test]
async fn step_on_the_other_path_of_a_branch_is_skipped() {
    let suite = suite().await;
    let steps = vec![email("first"), branch("text", "second"), sms("text"), email("second"), email("third")];
    let (lead, enrolment) = under_way(&suite, steps).await;
    let to_come = ["email", "branch", "sms", "email", "email"].map(|kind| json!([kind, "planned", null]));
    assert_eq!(line(&suite, &lead).await, to_come);

    sent(&suite, &enrolment, "first", MessageState::Delivered).await;
    sent(&suite, &enrolment, "second", MessageState::Accepted).await;
    stands_at(&suite, &enrolment, Some("third")).await;
    let told = line(&suite, &lead).await;
    assert_eq!(told[0], json!(["email", "done", null]));
    assert_eq!(told[1], json!(["branch", "done", null]));
    assert_eq!(told[2], json!(["sms", "skipped", "other_way"]));
    assert_eq!(told[3..], [json!(["email", "done", null]), json!(["email", "planned", null])]);
}

#[tokio::test]
async fn unreachable_step_on_the_taken_path_says_why() {
    let suite = suite().await;
    let steps = vec![branch("text", "mail"), sms("text"), call("call"), email("near"), email("mail")];
    let (lead, enrolment) = under_way(&suite, steps).await;
    sent(&suite, &enrolment, "near", MessageState::Bounced).await;
    stands_at(&suite, &enrolment, None).await;
    let told = line(&suite, &lead).await;
    assert_eq!(told[1], json!(["sms", "skipped", "no_phone"]));
    assert_eq!(told[2], json!(["task", "skipped", "no_phone"]));
    assert_eq!(told[3], json!(["email", "failed", null]));
    assert_eq!(told[4], json!(["email", "skipped", null]), "by hand, or nobody knows");
}
