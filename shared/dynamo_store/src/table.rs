//! The handle on the one table, and the definition from which the table is created.

use crate::errors::Contention;
use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;
use std::sync::Arc;

/// The attempts of a call that is throttled or meets another transaction: one more than the SDK's own three.
const ATTEMPTS: u32 = 4;

/// Implements every store port on one DynamoDB table. Clones share the client.
#[derive(Clone)]
pub struct Table {
    pub(crate) client: Client,
    pub(crate) name: Arc<str>,
    /// Whether the lead store also finds leads that are deleted and can still be restored.
    pub(crate) sees_deleted: bool,
}

impl Table {
    pub fn new(aws: &SdkConfig, name: impl Into<Arc<str>>) -> Self {
        let config = aws_sdk_dynamodb::config::Builder::from(aws).retry_classifier(Contention);
        let config = match aws.retry_config().filter(|retries| retries.has_retry()) {
            Some(retries) => config.retry_config(retries.clone().with_max_attempts(ATTEMPTS)).build(),
            None => config.build(),
        };
        Self { client: Client::from_conf(config), name: name.into(), sees_deleted: false }
    }

    /// Returns the same table, whose lead store also finds leads that are deleted and can still be restored.
    #[must_use]
    pub fn with_deleted_leads(&self) -> Self {
        Self { sees_deleted: true, ..self.clone() }
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({})", self.name)
    }
}

/// The table as template and tests must define it: on demand, all key attributes text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableDefinition {
    pub partition_key: &'static str,
    pub sort_key: &'static str,
    pub index: IndexDefinition,
    /// The `StreamViewType`.
    pub stream_view: &'static str,
    /// The number attribute with the second after which DynamoDB may delete the item.
    pub ttl_attribute: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexDefinition {
    pub name: &'static str,
    pub partition_key: &'static str,
    pub sort_key: &'static str,
    /// The attributes carried beside the keys (`INCLUDE`).
    pub carried: &'static [&'static str],
}

pub(crate) const INDEX: &str = "list";

pub fn definition() -> TableDefinition {
    TableDefinition {
        partition_key: "pk",
        sort_key: "sk",
        index: IndexDefinition { name: INDEX, partition_key: "lpk", sort_key: "lsk", carried: &["sum"] },
        stream_view: "NEW_AND_OLD_IMAGES",
        ttl_attribute: "ttl",
    }
}
