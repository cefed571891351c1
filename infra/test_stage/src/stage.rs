//! Every port on an in-memory cloud.

use crate::mail_servers::MailServers;
use application::change_log::fold::{FoldPorts, fold};
use application::change_log::record::{RecordPorts, record};
use application::queue_messages::{FoldChanges, Queue};
use application::{Clock, Ids, Ports};
use aws_platform::{Config, Connected, Outside};
use domain::event::{Event, EventKind};
use domain::workspace::lead_access::RepsSee;
use domain::workspace::user::Role;
use domain::{UserId, WorkspaceId};
use dynamo_store::Table;
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{IndexSpec, LocalCloud, Principal, SeededIds, TableSpec, VirtualClock, names};
use providers::transport::{InProcessHttp, InProcessWeb, TransportError};
use queue_consumer::Handler;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// The time at which tests begin: a Friday morning.
pub const START: &str = "2026-11-20T09:00:00Z";

pub struct Stage {
    pub cloud: LocalCloud,
    pub clock: Arc<VirtualClock>,
    pub ports: Connected,
    answer: Arc<Mutex<ProviderAnswer>>,
    /// The number of the stream's records that were taken by `news`.
    recorded: AtomicUsize,
    /// The servers of ordinary mailboxes.
    pub mail: Arc<MailServers>,
}

type ProviderAnswer = Box<dyn Fn(Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> + Send>;

impl Stage {
    pub async fn new() -> Self {
        Self::with_variables(&[]).await
    }

    /// Builds a stage like `new`, with extra variables in each function's environment.
    pub async fn with_variables(more: &[(&str, &str)]) -> Self {
        let clock = Arc::new(VirtualClock::at(START.parse().expect("a constant instant")));
        let dynamic: Arc<dyn Clock> = clock.clone();
        let cloud = LocalCloud::in_memory(dynamic.clone()).expect("memory is there");
        let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(dynamic.clone(), 7));
        create(&cloud, ids.as_ref());
        let answer: Arc<Mutex<ProviderAnswer>> =
            Arc::new(Mutex::new(Box::new(|_| Err(TransportError::NotSent("no provider was set up".into())))));
        let asked = answer.clone();
        let http = InProcessHttp::new(move |request| {
            let answered = asked.lock().expect("no test panics here")(request);
            async move { answered }
        });
        let asked = answer.clone();
        let web = InProcessWeb::new(InProcessHttp::new(move |request| {
            let answered = asked.lock().expect("no test panics here")(request);
            async move { answered }
        }));
        let mail = Arc::new(MailServers::default());
        let signed = {
            let cloud = cloud.clone();
            InProcessHttp::new(move |request| {
                let answered = cloud.signed_request(&Principal::root(), request);
                async move { answered.map_err(|lost| TransportError::Ambiguous(Box::new(lost))) }
            })
        };
        let outside = Outside {
            aws: cloud.sdk_config_for(Principal::root()),
            http: Arc::new(http),
            web: Arc::new(web),
            smtp: mail.clone(),
            imap: mail.clone(),
            clock: dynamic,
            ids,
            aws_http: Some(Arc::new(signed)),
            system_smtp: None,
            held: None,
        };
        let given =
            |name: &str| more.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let config = Config::read("test", |name| given(name).or_else(|| variable(name)))
            .expect("every variable is set");
        let ports = aws_platform::connect(&config, outside).await.expect("the cloud is complete");
        Self { cloud, clock, ports, answer, recorded: AtomicUsize::new(0), mail }
    }

    /// Sets what providers answer over HTTP from now on.
    pub fn providers_answer(
        &self,
        answer: impl Fn(Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> + Send + 'static,
    ) {
        *self.answer.lock().expect("no test panics here") = Box::new(answer);
    }

    pub fn advance(&self, by: SignedDuration) -> Timestamp {
        let to = self.clock.now().checked_add(by).expect("tests stay in this age");
        self.clock.advance_to(to);
        to
    }

    /// Creates a workspace and its owner.
    pub async fn workspace(&self, name: &str) -> (WorkspaceId, UserId) {
        crate::suite::found(self, name).await
    }

    /// Adds a user to a workspace.
    pub async fn add_user(&self, workspace: &WorkspaceId, name: &str, role: Role) -> UserId {
        crate::suite::add_user(self, workspace, name, role).await
    }

    /// Reps of the workspace see the leads that they own from now on, and no others.
    pub async fn reps_see_own_leads(&self, workspace: &WorkspaceId) {
        let mut changed = self.ports.workspaces().get(workspace).await.expect("the workspace exists");
        changed.lead_access.reps_see = RepsSee::OwnLeads;
        let event = Event::system(EventKind::SettingsChanged, self.ports.clock().now());
        self.ports.workspaces().save(&changed, &event).await.expect("the workspace is as it was read");
    }

    /// Gives a queue's visible messages to its consumer, one at a time, until none is left; those that it
    /// reports as failed stay in the queue. Returns how many were processed.
    pub async fn drain(&self, queue: Queue, handler: &Handler) -> usize {
        let name = queue_name(queue);
        let mut handled = 0;
        loop {
            let batch = self.cloud.queues().receive(&name, 1, None).expect("the queue exists");
            let Some(message) = batch.first() else { return handled };
            let event = json!({ "Records": [{
                "messageId": message.message_id,
                "receiptHandle": message.receipt_handle,
                "body": message.body,
                "attributes": message.attributes,
            }]});
            let answer = handler(event).await.expect("a consumer reports what fails");
            if answer["batchItemFailures"].as_array().is_none_or(Vec::is_empty) {
                let done = [message.receipt_handle.as_str()];
                self.cloud.queues().delete(&name, &done).expect("the queue exists");
                handled += 1;
            }
        }
    }

    /// The table by a client that repeats calls as a deployed function's does.
    pub fn retrying_table(&self) -> Arc<Table> {
        Arc::new(Table::new(&self.cloud.retrying_sdk_config_for(Principal::root()), "test"))
    }

    /// Every record of the table's stream so far, as a function gets them.
    pub fn stream(&self) -> Vec<Value> {
        let read = self.cloud.stream_records("test", 0, 10_000).expect("the table exists");
        read.records.into_iter().map(|record| record.event).collect()
    }

    /// Records the changes since the last call, as `record_changes` does, and folds what is due.
    pub async fn record_changes(&self) {
        self.record_alone().await;
        let folding = FoldPorts::new(&self.ports);
        for order in self.messages(Queue::Folds) {
            let order: FoldChanges = serde_json::from_value(order).expect("the queue holds orders");
            fold(&folding, &order.workspace).await.expect("changes can be folded");
        }
    }

    /// Records the changes since the last call, and folds nothing.
    pub async fn record_alone(&self) {
        record(&RecordPorts::new(&self.ports), &self.news()).await.expect("changes can be recorded");
    }

    /// The records of the stream since the last call, or since changes were recorded.
    pub fn news(&self) -> Vec<Value> {
        let mut records = self.stream();
        let from = self.recorded.swap(records.len(), Ordering::Relaxed);
        records.split_off(from)
    }

    /// Takes all visible messages off a queue and parses them.
    pub fn messages(&self, queue: Queue) -> Vec<Value> {
        let name = queue_name(queue);
        let mut all = Vec::new();
        loop {
            let batch = self.cloud.queues().receive(&name, 10, None).expect("the queue exists");
            if batch.is_empty() {
                return all;
            }
            let handles: Vec<&str> = batch.iter().map(|message| message.receipt_handle.as_str()).collect();
            self.cloud.queues().delete(&name, &handles).expect("the queue exists");
            all.extend(
                batch.iter().map(|message| serde_json::from_str(&message.body).expect("bodies are JSON")),
            );
        }
    }
}

fn queue_name(queue: Queue) -> String {
    format!("test-{}", queue.as_str())
}

fn variable(name: &str) -> Option<String> {
    let fixed = match name {
        "STAGE" => "test",
        "TABLE_NAME" => "test",
        "PUBLIC_URL" => "https://leadflow.example",
        "SECRET_ID" => "test/stage",
        "BUCKET_NAME" => "test-bucket",
        "PUSH_URL" => "wss://socketapi1.execute-api.eu-west-1.amazonaws.com/live",
        "BUS_NAME" => "default",
        "SIGN_UP" => "open",
        _ => "",
    };
    if !fixed.is_empty() {
        return Some(fixed.to_owned());
    }
    Queue::ALL.into_iter().find_map(|queue| {
        let upper = queue.as_str().to_uppercase();
        match name.strip_prefix(&upper) {
            Some("_QUEUE_URL") => Some(names::queue_url(&queue_name(queue))),
            Some("_DEAD_LETTERS_URL") => Some(names::queue_url(&format!("{}-dead", queue_name(queue)))),
            _ => None,
        }
    })
}

fn create(cloud: &LocalCloud, ids: &dyn Ids) {
    let definition = dynamo_store::definition();
    let index = &definition.index;
    let spec = TableSpec {
        name: "test".to_owned(),
        partition_key: definition.partition_key.to_owned(),
        sort_key: Some(definition.sort_key.to_owned()),
        indexes: vec![IndexSpec {
            name: index.name.to_owned(),
            partition_key: index.partition_key.to_owned(),
            sort_key: Some(index.sort_key.to_owned()),
            carried: Some(index.carried.iter().map(|name| (*name).to_owned()).collect()),
        }],
        ttl_attribute: Some(definition.ttl_attribute.to_owned()),
    };
    cloud.create_table(&spec).expect("a fresh cloud takes a table");
    for queue in Queue::ALL {
        let dead = format!("{}-dead", queue_name(queue));
        cloud.create_queue(&dead, &[]).expect("a fresh cloud takes a queue");
        let redrive = local_cloud::redrive_attribute(&names::queue_arn(&dead), 5);
        cloud
            .create_queue(&queue_name(queue), &[("RedrivePolicy", &redrive), ("VisibilityTimeout", "180")])
            .expect("a fresh cloud takes a queue");
    }
    cloud.create_bucket("test-bucket").expect("a fresh cloud takes a bucket");
    cloud
        .put_secret("test/stage", &aws_platform::new_secret_text(ids))
        .expect("a fresh cloud takes a secret");
}
