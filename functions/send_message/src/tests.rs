//! One batch from the queue: each message's outcome is its own. What becomes of one message is tested in
//! `shared/application/tests/sending`.

use application::queue_messages::{Queue, SendMessage};
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::key::EnrolmentKey;
use domain::lead::Lead;
use domain::sequence::Sequence;
use domain::{AccountId, WorkspaceId};
use http::Response;
use jiff::SignedDuration;
use local_cloud::{Fault, Service};
use serde_json::{Value, json};
use test_stage::Stage;

/// Two leads in a campaign of one text, and a provider that accepts everything.
struct Scene {
    stage: Stage,
    ann: EnrolmentKey,
    ben: EnrolmentKey,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let account = stage.text_account(&workspace).await;
        let sequence = stage.sequence(&workspace, Channel::Sms, &["first"]).await;
        stage.providers_answer(|_| {
            let body =
                json!({ "sid": format!("SM{}", "1".repeat(32)), "status": "queued", "error_code": null });
            Ok(Response::builder().status(201).body(body.to_string().into_bytes()).unwrap())
        });
        let ann = enrolled(&stage, (&workspace, &account), &sequence, "ann", "+447911123456").await;
        let ben = enrolled(&stage, (&workspace, &account), &sequence, "ben", "+447911123457").await;
        Self { stage, ann, ben }
    }

    /// Puts one queue message for the present step of each into the queue, due so many minutes from now.
    async fn ask(&self, leads: &[(&EnrolmentKey, i64)]) {
        let message = |(key, minutes): &(&EnrolmentKey, i64)| SendMessage::Step {
            enrolment: (*key).clone(),
            generation: 0,
            due: self.stage.clock.now() + SignedDuration::from_mins(*minutes),
            slot: None,
        };
        let messages: Vec<SendMessage> = leads.iter().map(message).collect();
        application::ports::outbox::send_all(&*self.stage.ports.outbox(), &messages, 0).await.unwrap();
    }

    /// Hands all that the queue shows to the function as one batch. Returns the number of its messages and the
    /// leads of those that it reports as failed; the others leave the queue.
    async fn run(&self) -> (usize, Vec<String>) {
        let queue = format!("test-{}", Queue::Send.as_str());
        let batch = self.stage.cloud.queues().receive(&queue, 10, None).unwrap();
        let records: Vec<Value> = batch
            .iter()
            .map(|message| {
                json!({
                    "messageId": message.message_id,
                    "receiptHandle": message.receipt_handle,
                    "body": message.body,
                    "attributes": message.attributes,
                })
            })
            .collect();
        let answer = crate::handler(&self.stage.ports)(json!({ "Records": records })).await.unwrap();
        let reported = answer["batchItemFailures"].as_array().cloned().unwrap_or_default();
        let (failed, done): (Vec<_>, Vec<_>) = batch
            .iter()
            .partition(|message| reported.iter().any(|item| item["itemIdentifier"] == message.message_id));
        let done: Vec<&str> = done.iter().map(|message| message.receipt_handle.as_str()).collect();
        self.stage.cloud.queues().delete(&queue, &done).unwrap();
        let lead = |body: &str| {
            let ben = self.ben.lead.to_string();
            if body.contains(&ben) { "ben".to_owned() } else { "ann".to_owned() }
        };
        (batch.len(), failed.iter().map(|message| lead(&message.body)).collect())
    }

    async fn generation(&self, key: &EnrolmentKey) -> u16 {
        self.stage.ports.enrolments().get(key).await.unwrap().generation()
    }
}

async fn enrolled(
    stage: &Stage,
    (workspace, account): (&WorkspaceId, &AccountId),
    sequence: &Sequence,
    name: &str,
    phone: &str,
) -> EnrolmentKey {
    let campaign = stage
        .campaign(name, sequence, CampaignState::Active, |campaign| {
            campaign.sms_sender = Some(account.clone())
        })
        .await;
    let phone = PhoneNumber::try_from(phone.to_owned()).unwrap();
    let change = |lead: &mut Lead| (lead.first_name, lead.phone) = (Some(name.to_owned()), Some(phone));
    let lead = stage.lead(workspace, name, change).await;
    stage.enrolment(&campaign, sequence, &lead.id).await.key().clone()
}

#[tokio::test]
async fn batch_is_sent_and_leaves_the_queue() {
    let scene = Scene::new().await;
    scene.ask(&[(&scene.ann, 0), (&scene.ben, 0)]).await;
    assert_eq!(scene.run().await, (2, vec![]));
    assert_eq!((scene.generation(&scene.ann).await, scene.generation(&scene.ben).await), (1, 1));
    scene.stage.advance(SignedDuration::from_mins(10));
    assert_eq!(scene.run().await, (0, vec![]));
}

#[tokio::test]
async fn message_whose_store_fails_comes_back_alone() {
    let scene = Scene::new().await;
    scene.ask(&[(&scene.ben, 0), (&scene.ann, 0)]).await;
    let ben = format!("L#{}", scene.ben.lead.ulid_text());
    let faults = scene.stage.cloud.faults();
    faults.inject(move |_, call| {
        let fails = call.service == Service::DynamoDb && String::from_utf8_lossy(call.body).contains(&ben);
        fails.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    assert_eq!(scene.run().await, (2, vec!["ben".to_owned()]));
    assert_eq!((scene.generation(&scene.ann).await, scene.run().await.0), (1, 0), "it waits for two seconds");
    faults.clear();
    scene.stage.advance(SignedDuration::from_secs(3));
    assert_eq!(scene.run().await, (1, vec![]));
    assert_eq!(scene.generation(&scene.ben).await, 1);
}

#[tokio::test]
async fn message_before_its_time_comes_back_when_it_is_due() {
    let scene = Scene::new().await;
    scene.ask(&[(&scene.ann, 0), (&scene.ben, 5)]).await;
    assert_eq!(scene.run().await, (2, vec!["ben".to_owned()]));
    assert_eq!((scene.generation(&scene.ann).await, scene.generation(&scene.ben).await), (1, 0));
    scene.stage.advance(SignedDuration::from_secs(299));
    assert_eq!(scene.run().await.0, 0);
    scene.stage.advance(SignedDuration::from_secs(2));
    assert_eq!(scene.run().await, (1, vec![]));
    assert_eq!(scene.generation(&scene.ben).await, 1);
}
