//! Entries of the suppression list that a model alone has made: shown with the words that they were read from until an
//! admin has decided.

use super::suite;
use application::{Clock, Ports};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Event, EventKind, UserOrKey};
use domain::lead::Lead;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::message::understanding::{CLASSIFIER, ReplyKind, Understanding};
use domain::message::{Direction, Message};
use domain::{LeadId, MessageId};
use serde_json::{Value, json};
use test_stage::Suite;

const LIST: &str = "/api/settings/suppressions";
const WORDS: &str = "We have no use for this.";

/// A lead whose message was read so, with the entry that was made of it.
async fn opted_out(
    suite: &Suite,
    name: &str,
    understood: Understanding,
    source: impl FnOnce(&MessageId) -> String,
) -> Lead {
    let (ports, at) = (&suite.stage.ports, suite.stage.clock.now());
    let mut lead = Lead::blank(LeadId::derived(at, &[name]), suite.workspace.clone(), at);
    lead.email = EmailAddress::parse(&format!("{name}@quay.example")).ok();
    let event = Event::system(EventKind::LeadCreated, at);
    ports.leads().create(&lead, &event).await.unwrap();
    let id = MessageId::of_inbound(&lead.id, name);
    let message = Message {
        text: WORDS.to_owned(),
        understood: Some(understood),
        ..Message::blank(id.clone(), suite.workspace.clone(), Direction::In, Channel::Email, at)
    };
    ports.messages().create(&message, &event).await.unwrap();
    list(suite, SuppressionScope::of_lead(&lead, Channel::Email).unwrap(), Some(source(&id)), None).await;
    lead
}

async fn list(suite: &Suite, scope: SuppressionScope, source: Option<String>, created_by: Option<UserOrKey>) {
    let created_at = suite.stage.clock.now();
    let reason = SuppressionReason::OptedOut;
    let workspace = suite.workspace.clone();
    let entry = Suppression {
        workspace,
        scope,
        reason,
        source,
        created_by,
        created_at,
        expires_at: None,
        sign: None,
    };
    let event = Event::system(EventKind::AddressSuppressed, created_at);
    suite.stage.ports.suppressions().put(&entry, &event).await.unwrap();
}

fn by(rule: &str) -> Understanding {
    Understanding::by_rule(ReplyKind::OptOut, rule, WORDS)
}

async fn shown(suite: &Suite) -> Vec<Value> {
    suite.get(&format!("{LIST}/by-model")).await.expect(200)["items"].as_array().unwrap().clone()
}

async fn values(suite: &Suite) -> Vec<String> {
    let mut values: Vec<String> =
        shown(suite).await.iter().map(|one| one["entry"]["value"].as_str().unwrap().to_owned()).collect();
    values.sort();
    values
}

#[tokio::test]
async fn entries_of_a_model_are_shown_with_their_words_and_others_are_not() {
    let suite = suite().await;
    let id = |id: &MessageId| id.to_string();
    let ann = opted_out(&suite, "ann", by(CLASSIFIER), id).await;
    let read = Understanding::by_rule(ReplyKind::Person, "no_sign", WORDS);
    let read = read.read_by_model(ReplyKind::OptOut, None, "language_model", WORDS);
    opted_out(&suite, "ben", read, |id| format!("read-{id}")).await;
    // A number that several leads share names the provider's id.
    opted_out(&suite, "cleo", by(CLASSIFIER), |_| "cleo".to_owned()).await;
    // A user has said since that it is none; the entry is there still.
    opted_out(&suite, "dan", by(CLASSIFIER).corrected(ReplyKind::Person, None), id).await;
    opted_out(&suite, "eve", by("opt_out_wording"), id).await;
    opted_out(&suite, "fay", by(CLASSIFIER).corrected(ReplyKind::OptOut, None), id).await;
    opted_out(&suite, "gus", by(CLASSIFIER), |id| format!("corrected-{id}-17")).await;
    opted_out(&suite, "hal", by(CLASSIFIER), |_| "event-1".to_owned()).await;
    let number = PhoneNumber::try_from("+12065550101".to_owned()).unwrap();
    list(&suite, SuppressionScope::phone(&number), None, Some(suite.user.clone().into())).await;
    let mails: Vec<String> =
        ["ann", "ben", "cleo", "dan"].iter().map(|name| format!("{name}@quay.example")).collect();
    assert_eq!(values(&suite).await, mails);
    let items = shown(&suite).await;
    let first = items.iter().find(|one| one["lead_id"] == json!(ann.id)).unwrap();
    assert_eq!(
        (&first["sentence"], &first["text"], &first["channel"]),
        (&json!(WORDS), &json!(WORDS), &json!("email"))
    );
}

#[tokio::test]
async fn kept_entry_is_the_admins_and_is_not_shown_again() {
    let suite = suite().await;
    let lead = opted_out(&suite, "ann", by(CLASSIFIER), MessageId::to_string).await;
    let body = json!({ "scope": "email", "value": "ann@quay.example" });
    for _ in 0..2 {
        suite.post(&format!("{LIST}/keep"), body.clone()).await.expect(200);
    }
    assert_eq!(values(&suite).await, Vec::<String>::new());
    let listed = suite.get(LIST).await.expect(200);
    let kept = &listed["items"][0];
    assert_eq!((&kept["reason"], &kept["created_by"]), (&json!("opted_out"), &json!(suite.user)));
    let file = suite.stage.ports.leads().file(&suite.workspace, &lead.id).await.unwrap();
    assert_eq!(file.activities.len(), 1, "the timeline keeps why");
    let stranger = json!({ "scope": "email", "value": "nobody@quay.example" });
    suite.post(&format!("{LIST}/keep"), stranger).await.expect(404);
}

#[tokio::test]
async fn lifted_entry_is_not_shown_again() {
    let suite = suite().await;
    opted_out(&suite, "ann", by(CLASSIFIER), MessageId::to_string).await;
    let body = json!({ "scope": "email", "value": "ann@quay.example", "reason": "Only a model read it so." });
    suite.post(&format!("{LIST}/lift"), body).await.expect(200);
    assert_eq!(values(&suite).await, Vec::<String>::new());
}
