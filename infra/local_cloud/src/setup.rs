//! Creates what a stack would create, without an SDK client: tables, queues, secrets. Repeating is harmless.

use serde_json::{Value, json};

use crate::cloud::LocalCloud;
use crate::names::queue_url;
use crate::wire::ServiceError;

/// A table as our template defines it: on demand, streamed with both images, one key pair, some indexes.
#[derive(Debug, Clone)]
pub struct TableSpec {
    pub name: String,
    pub partition_key: String,
    pub sort_key: Option<String>,
    pub indexes: Vec<IndexSpec>,
    /// Name of the number attribute with the second of expiry.
    pub ttl_attribute: Option<String>,
}

#[derive(Debug, Clone)]
pub struct IndexSpec {
    pub name: String,
    pub partition_key: String,
    pub sort_key: Option<String>,
    /// Attributes beside the keys; all of them when `None`, keys only when empty.
    pub carried: Option<Vec<String>>,
}

impl LocalCloud {
    pub fn create_table(&self, spec: &TableSpec) -> Result<(), ServiceError> {
        let keys = |hash: &str, range: Option<&String>| {
            let mut keys = vec![json!({ "AttributeName": hash, "KeyType": "HASH" })];
            keys.extend(range.map(|range| json!({ "AttributeName": range, "KeyType": "RANGE" })));
            keys
        };
        let mut attributes: Vec<&String> =
            std::iter::once(&spec.partition_key).chain(&spec.sort_key).collect();
        for index in &spec.indexes {
            attributes.extend(std::iter::once(&index.partition_key).chain(&index.sort_key));
        }
        attributes.sort();
        attributes.dedup();
        let indexes = spec.indexes.iter().map(|index| {
            let projection = match &index.carried {
                None => json!({ "ProjectionType": "ALL" }),
                Some(none) if none.is_empty() => json!({ "ProjectionType": "KEYS_ONLY" }),
                Some(some) => json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": some }),
            };
            json!({
                "IndexName": index.name,
                "KeySchema": keys(&index.partition_key, index.sort_key.as_ref()),
                "Projection": projection,
            })
        });
        let definition = |name: &&String| json!({ "AttributeName": name, "AttributeType": "S" });
        let mut properties = json!({
            "AttributeDefinitions": attributes.iter().map(definition).collect::<Vec<_>>(),
            "KeySchema": keys(&spec.partition_key, spec.sort_key.as_ref()),
            "StreamSpecification": { "StreamViewType": "NEW_AND_OLD_IMAGES" },
        });
        if !spec.indexes.is_empty() {
            properties["GlobalSecondaryIndexes"] = json!(indexes.collect::<Vec<_>>());
        }
        if let Some(attribute) = &spec.ttl_attribute {
            properties["TimeToLiveSpecification"] = json!({ "AttributeName": attribute, "Enabled": true });
        }
        self.create_table_from(&spec.name, &properties)
    }

    /// Creates a table from the properties of an `AWS::DynamoDB::Table`, functions resolved.
    pub fn create_table_from(&self, name: &str, properties: &Value) -> Result<(), ServiceError> {
        let mut request = json!({ "TableName": name, "BillingMode": "PAY_PER_REQUEST" });
        for member in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"]
        {
            if let Some(value) = properties.get(member) {
                request[member] = value.clone();
            }
        }
        if let Some(view) = properties.pointer("/StreamSpecification/StreamViewType") {
            request["StreamSpecification"] = json!({ "StreamEnabled": true, "StreamViewType": view });
        }
        match self.tables("CreateTable", &request) {
            Err(error) if error.code != "ResourceInUseException" => return Err(error),
            _ => {}
        }
        if let Some(attribute) = properties.pointer("/TimeToLiveSpecification/AttributeName") {
            let described = self.tables("DescribeTimeToLive", &json!({ "TableName": name }))?;
            let described: Value = serde_json::from_slice(&described).map_err(ServiceError::internal)?;
            if described.pointer("/TimeToLiveDescription/AttributeName") != Some(attribute) {
                let enabled = json!({ "AttributeName": attribute, "Enabled": true });
                let request = json!({ "TableName": name, "TimeToLiveSpecification": enabled });
                self.tables("UpdateTimeToLive", &request)?;
            }
        }
        Ok(())
    }

    /// Creates a queue, or sets the attributes of the one there is; answers its URL.
    pub fn create_queue(&self, name: &str, attributes: &[(&str, &str)]) -> Result<String, ServiceError> {
        let attributes: serde_json::Map<String, Value> =
            attributes.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let known = self.queues().names().iter().any(|known| known == name);
        let (operation, request) = match known {
            true => ("SetQueueAttributes", json!({ "QueueUrl": queue_url(name), "Attributes": attributes })),
            false => ("CreateQueue", json!({ "QueueName": name, "Attributes": attributes })),
        };
        self.queues().execute(operation, request.to_string().as_bytes(), None).answer?;
        Ok(queue_url(name))
    }

    /// Creates a secret, or puts a new version when its value differs.
    pub fn put_secret(&self, name: &str, value: &str) -> Result<(), ServiceError> {
        let secrets = &self.inner.secrets;
        let by_id = json!({ "SecretId": name });
        let operation = match secrets.execute("GetSecretValue", by_id.to_string().as_bytes()) {
            Ok(current) => {
                let current: Value = serde_json::from_slice(&current).map_err(ServiceError::internal)?;
                if current["SecretString"] == value {
                    return Ok(());
                }
                "PutSecretValue"
            }
            Err(_) => "CreateSecret",
        };
        let request = json!({ "Name": name, "SecretId": name, "SecretString": value });
        secrets.execute(operation, request.to_string().as_bytes()).map(drop)
    }

    fn tables(&self, operation: &str, request: &Value) -> Result<Vec<u8>, ServiceError> {
        self.inner.tables.execute(operation, request.to_string().as_bytes()).0
    }
}
