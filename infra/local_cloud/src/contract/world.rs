//! The tools that checks share: clients, one table, names of this run, and short forms.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    Projection, ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType, TableStatus,
    TimeToLiveSpecification,
};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;

use super::{Clients, LetPass};

pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) struct World {
    pub clients: Clients,
    pub table: String,
    let_pass: LetPass,
    run_id: String,
}

/// A description of what was not as expected.
#[derive(Debug)]
pub(super) struct Difference(String);

impl Difference {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E, R> From<SdkError<E, R>> for Difference
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: fmt::Debug,
{
    fn from(error: SdkError<E, R>) -> Self {
        match &error {
            SdkError::ServiceError(refused) => {
                let (code, message) = (refused.err().code(), refused.err().message());
                Self(format!("{}: {}", code.unwrap_or("no code"), message.unwrap_or("no message")))
            }
            _ => Self(DisplayErrorContext(error).to_string()),
        }
    }
}

impl From<aws_sdk_dynamodb::error::BuildError> for Difference {
    fn from(error: aws_sdk_dynamodb::error::BuildError) -> Self {
        Self(error.to_string())
    }
}

impl World {
    pub(super) fn new(clients: Clients, let_pass: LetPass, run_id: &str) -> Self {
        Self { clients, table: format!("contract-{run_id}"), let_pass, run_id: run_id.to_owned() }
    }

    pub(super) async fn let_pass(&self, seconds: u64) {
        (self.let_pass)(Duration::from_secs(seconds)).await;
    }

    pub(super) fn name(&self, what: &str) -> String {
        format!("contract-{what}-{}", self.run_id)
    }

    pub(super) async fn create_table(&self) -> Result<(), Difference> {
        let db = &self.clients.dynamodb;
        let attribute = |name: &str| {
            AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
        };
        let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
        let index = GlobalSecondaryIndex::builder()
            .index_name("by_group")
            .key_schema(key("gpk", KeyType::Hash)?)
            .key_schema(key("gsk", KeyType::Range)?)
            .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
            .build()?;
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::NewAndOldImages)
            .build()?;
        let mut create = db
            .create_table()
            .table_name(&self.table)
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key("pk", KeyType::Hash)?)
            .key_schema(key("sk", KeyType::Range)?)
            .global_secondary_indexes(index)
            .stream_specification(stream);
        for name in ["pk", "sk", "gpk", "gsk"] {
            create = create.attribute_definitions(attribute(name)?);
        }
        create.send().await?;
        for _ in 0..60 {
            let table = db.describe_table().table_name(&self.table).send().await?.table;
            if table.and_then(|table| table.table_status) == Some(TableStatus::Active) {
                break;
            }
            self.let_pass(1).await;
        }
        let expiry = TimeToLiveSpecification::builder().attribute_name("expires").enabled(true).build()?;
        db.update_time_to_live().table_name(&self.table).time_to_live_specification(expiry).send().await?;
        Ok(())
    }

    pub(super) async fn put(&self, item: Item) -> Result<(), Difference> {
        self.clients.dynamodb.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }

    pub(super) async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>, Difference> {
        let get = self.clients.dynamodb.get_item().table_name(&self.table).set_key(Some(key(pk, sk)));
        Ok(get.consistent_read(true).send().await?.item)
    }

    /// A fresh queue's URL.
    pub(super) async fn queue(&self, what: &str, attributes: &[(&str, &str)]) -> Result<String, Difference> {
        let mut create = self.clients.sqs.create_queue().queue_name(self.name(what));
        for (name, value) in attributes {
            create = create.attributes(aws_sdk_sqs::types::QueueAttributeName::from(*name), *value);
        }
        create.send().await?.queue_url.ok_or_else(|| Difference::new("no queue URL"))
    }

    /// The bodies of the messages that can be received now, up to ten.
    pub(super) async fn bodies(&self, url: &str) -> Result<Vec<String>, Difference> {
        let received =
            self.clients.sqs.receive_message().queue_url(url).max_number_of_messages(10).send().await?;
        Ok(received.messages.unwrap_or_default().into_iter().filter_map(|message| message.body).collect())
    }
}

pub(super) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(super) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(super) fn key(pk: &str, sk: &str) -> Item {
    HashMap::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))])
}

/// A key with further attributes.
pub(super) fn item<const N: usize>(pk: &str, sk: &str, attributes: [(&str, AttributeValue); N]) -> Item {
    let mut item = key(pk, sk);
    item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    item
}

/// The error code of a refused call.
pub(super) fn code<T, E: ProvideErrorMetadata, R>(result: &Result<T, SdkError<E, R>>) -> String {
    match result {
        Ok(_) => "success".to_owned(),
        Err(SdkError::ServiceError(refused)) => {
            refused.err().code().unwrap_or("an error without a code").to_owned()
        }
        Err(_) => "no answer".to_owned(),
    }
}

/// Unwraps the value, or ends the check.
pub(super) fn some<T>(value: Option<T>, what: &str) -> Result<T, Difference> {
    value.ok_or_else(|| Difference::new(format!("{what} is missing")))
}
