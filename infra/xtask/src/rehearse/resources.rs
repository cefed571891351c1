//! Creates the template's table, queues, bucket and secret at an address, as CloudFormation does.

use super::aws::Aws;
use anyhow::{Context, Result, anyhow};
use application::ports::clock::SystemClock;
use local_cloud::{SeededIds, names};
use local_host::Stack;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// URLs and ARNs of queues whose real names differ from those that the template's reader assumes.
pub type Renamed = BTreeMap<String, String>;

/// Creates the resources; returns the real names, and the setup code in the secret.
pub async fn create(aws: &Aws, stack: &Stack) -> Result<(Renamed, String)> {
    for (name, properties) in &stack.tables {
        create_table(aws, name, properties).await.with_context(|| format!("table {name}"))?;
    }
    // Dead-letter queues come first, since the others name them.
    let mut queues: Vec<_> = stack.queues.iter().collect();
    queues.sort_by_key(|(_, properties)| properties.get("RedrivePolicy").is_some());
    let mut renamed = Renamed::new();
    for (name, properties) in queues {
        let taken = ["VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy", "DelaySeconds"];
        let given = taken.iter().filter_map(|key| {
            Some(((*key).to_owned(), json!(under_its_name(properties.get(*key)?, &renamed))))
        });
        let attributes: Map<String, Value> = given.collect();
        let asked = json!({ "QueueName": name, "Attributes": attributes });
        let made = aws.call("AmazonSQS.CreateQueue", asked).await.with_context(|| format!("queue {name}"))?;
        let url = made["QueueUrl"].as_str().context("a queue has a URL")?;
        let asked = json!({ "QueueUrl": url, "AttributeNames": ["QueueArn"] });
        let told = aws.call("AmazonSQS.GetQueueAttributes", asked).await?;
        let arn = told["Attributes"]["QueueArn"].as_str().context("a queue has an ARN")?;
        renamed.insert(names::queue_arn(name), arn.to_owned());
        renamed.insert(names::queue_url(name), url.to_owned());
    }
    let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64;
    let ids = SeededIds::new(Arc::new(SystemClock), seed);
    let secret_text = aws_platform::new_secret_text(&ids);
    for name in &stack.secrets {
        let secret = json!({
            "Name": name, "SecretString": secret_text, "ClientRequestToken": format!("{seed:032x}"),
        });
        aws.call("secretsmanager.CreateSecret", secret).await.with_context(|| format!("secret {name}"))?;
    }
    let keys = aws_platform::read_secret_text(&secret_text).map_err(|error| anyhow!("{error}"))?;
    Ok((renamed, keys.setup_code()))
}

/// An attribute of a queue, with the real name of its dead letters.
fn under_its_name(attribute: &Value, renamed: &Renamed) -> String {
    let arn = attribute["deadLetterTargetArn"].as_str();
    let text = attribute.to_string();
    match arn.and_then(|arn| Some((arn, renamed.get(arn)?))) {
        Some((arn, made)) => text.replace(arn, made),
        None => text,
    }
}

async fn create_table(aws: &Aws, name: &str, properties: &Value) -> Result<()> {
    let mut request = json!({ "TableName": name, "BillingMode": "PAY_PER_REQUEST" });
    for member in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"] {
        if let Some(value) = properties.get(member) {
            request[member] = value.clone();
        }
    }
    if let Some(view) = properties.pointer("/StreamSpecification/StreamViewType") {
        request["StreamSpecification"] = json!({ "StreamEnabled": true, "StreamViewType": view });
    }
    aws.call("DynamoDB_20120810.CreateTable", request).await.map(drop)
}
