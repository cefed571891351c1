mod bucket;
mod connections;
mod contract;
mod disk;
mod faults;
mod ledger;
mod limits;
mod policy;
mod queues;
mod smoke;

use std::sync::{Arc, Mutex};

use application::Clock;
use jiff::{SignedDuration, Timestamp};

use crate::{LocalCloud, Principal};

/// A clock that moves only when told to.
pub(crate) struct Hands(Mutex<Timestamp>);

impl Hands {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new("2026-03-02T09:00:00Z".parse().unwrap())))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(crate) fn cloud() -> (LocalCloud, Arc<Hands>) {
    let clock = Hands::new();
    (LocalCloud::in_memory(clock.clone()).unwrap(), clock)
}

pub(crate) fn dynamodb(cloud: &LocalCloud) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&cloud.sdk_config_for(Principal::root()))
}

pub(crate) fn sqs(cloud: &LocalCloud) -> aws_sdk_sqs::Client {
    aws_sdk_sqs::Client::new(&cloud.sdk_config_for(Principal::root()))
}

pub(crate) fn table(cloud: &LocalCloud) {
    let spec = crate::TableSpec {
        name: "main".into(),
        partition_key: "pk".into(),
        sort_key: Some("sk".into()),
        indexes: vec![crate::IndexSpec {
            name: "roster".into(),
            partition_key: "gpk".into(),
            sort_key: Some("gsk".into()),
            carried: Some(Vec::new()),
        }],
        ttl_attribute: Some("expires".into()),
    };
    cloud.create_table(&spec).unwrap();
}

pub(crate) type Item = std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>;

pub(crate) fn s(text: &str) -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned())
}

pub(crate) fn item<const N: usize>(pk: &str, sk: &str, attributes: [(&str, &str); N]) -> Item {
    let mut item: Item = [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into();
    item.extend(attributes.map(|(name, value)| (name.to_owned(), s(value))));
    item
}
