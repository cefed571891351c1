//! The work of AWS between functions: polls queues and the table's stream and delivers what it finds.

use super::aws::Aws;
use super::process::Function;
use super::resources::Renamed;
use anyhow::{Context, Result};
use local_cloud::names;
use local_host::{EventSource, Filter};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// The most messages of one request to a queue.
const MOST_MESSAGES: usize = 10;

/// Polls every source of a function until `stop` turns true. Schedules are fired by the story.
pub fn poll(aws: &Arc<Aws>, function: &Arc<Function>, renamed: &Arc<Renamed>, stop: &watch::Receiver<bool>) {
    for source in function.definition.sources.clone() {
        let (aws, function, renamed, stop) = (aws.clone(), function.clone(), renamed.clone(), stop.clone());
        match source {
            EventSource::Queue { queue, batch_size, .. } => {
                tokio::spawn(async move {
                    let made = |name: String| renamed.get(&name).cloned().unwrap_or_default();
                    let (url, arn) = (made(names::queue_url(&queue)), made(names::queue_arn(&queue)));
                    while !*stop.borrow() {
                        let found = deliver(&aws, &function, (&url, &arn), batch_size).await;
                        pause_unless(found, &function).await;
                    }
                });
            }
            EventSource::Stream { table, batch_size, filter, .. } => {
                tokio::spawn(async move {
                    let mut reader = StreamReader { table, batch_size, filter, iterator: None };
                    while !*stop.borrow() {
                        let found = reader.hand_on(&aws, &function).await;
                        pause_unless(found, &function).await;
                    }
                });
            }
            EventSource::Route { .. } | EventSource::Schedule { .. } => {}
        }
    }
}

async fn pause_unless(found: Result<bool>, function: &Function) {
    match found {
        Ok(true) => return,
        Ok(false) => {}
        Err(error) => eprintln!("an event source of {}: {error:#}", function.definition.name),
    }
    tokio::time::sleep(LOOK_AGAIN).await;
}

async fn deliver(aws: &Aws, function: &Function, (url, arn): (&str, &str), batch: usize) -> Result<bool> {
    let asked = json!({
        "QueueUrl": url, "MaxNumberOfMessages": batch.min(MOST_MESSAGES), "AttributeNames": ["All"], "WaitTimeSeconds": 0,
    });
    let mut answer = aws.call("AmazonSQS.ReceiveMessage", asked).await?;
    let Value::Array(messages) = answer["Messages"].take() else { return Ok(false) };
    if messages.is_empty() {
        return Ok(false);
    }
    let records: Vec<Value> = messages.iter().map(|message| record(message, arn)).collect();
    // A failed batch stays hidden until its visibility timeout ends; the function records it among its
    // failures.
    let Ok(answer) = function.invoke(&json!({ "Records": records })).await else { return Ok(true) };
    let failed = failures_of(&answer);
    let done =
        messages.iter().filter(|message| !failed.contains(&message["MessageId"].as_str().unwrap_or("")));
    let entries: Vec<Value> = done
        .enumerate()
        .map(|(at, message)| json!({ "Id": at.to_string(), "ReceiptHandle": message["ReceiptHandle"] }))
        .collect();
    if !entries.is_empty() {
        aws.call("AmazonSQS.DeleteMessageBatch", json!({ "QueueUrl": url, "Entries": entries })).await?;
    }
    Ok(true)
}

fn failures_of(answer: &Value) -> Vec<&str> {
    let items = answer["batchItemFailures"].as_array().into_iter().flatten();
    items.filter_map(|item| item["itemIdentifier"].as_str()).collect()
}

fn record(message: &Value, arn: &str) -> Value {
    json!({
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "md5OfBody": message["MD5OfBody"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": names::REGION,
    })
}

/// Reads one shard of a table's stream, from its beginning.
struct StreamReader {
    table: String,
    batch_size: usize,
    filter: Filter,
    /// The position from which the shard is read next, and the shard.
    iterator: Option<(String, String)>,
}

impl StreamReader {
    /// Delivers a batch; one that fails as a whole, or from some record on, is read again from there.
    async fn hand_on(&mut self, aws: &Aws, function: &Function) -> Result<bool> {
        let (iterator, shard) = match &self.iterator {
            Some(known) => known.clone(),
            None => self.begin(aws).await?,
        };
        let asked = json!({ "ShardIterator": iterator, "Limit": self.batch_size });
        let mut answer = aws.call("DynamoDBStreams_20120810.GetRecords", asked).await?;
        let next = answer["NextShardIterator"].as_str().map(|next| (next.to_owned(), shard.clone()));
        let Value::Array(read) = answer["Records"].take() else { return Ok(false) };
        let news: Vec<&Value> = read.iter().filter(|record| self.filter.lets_through(record)).collect();
        if news.is_empty() {
            self.iterator = next;
            return Ok(!read.is_empty());
        }
        let event =
            json!({ "Records": news, "shardId": shard, "state": {}, "isFinalInvokeForWindow": false });
        match function.invoke(&event).await {
            Ok(answer) if failures_of(&answer).is_empty() => {
                self.iterator = next;
                Ok(true)
            }
            Ok(answer) => {
                let from =
                    failures_of(&answer).first().map(|number| (*number).to_owned()).unwrap_or_default();
                let again = self.iterator_at(
                    aws,
                    &shard,
                    json!({ "ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": from }),
                );
                self.iterator = Some((again.await?, shard));
                Ok(false)
            }
            Err(_) => Ok(false),
        }
    }

    async fn begin(&mut self, aws: &Aws) -> Result<(String, String)> {
        let stream = self.stream(aws).await?;
        let described =
            aws.call("DynamoDBStreams_20120810.DescribeStream", json!({ "StreamArn": stream })).await?;
        let shard = described.pointer("/StreamDescription/Shards/0/ShardId").and_then(Value::as_str);
        let shard = shard.context("the stream has a shard")?.to_owned();
        let iterator = self.iterator_at(aws, &shard, json!({ "ShardIteratorType": "TRIM_HORIZON" })).await?;
        Ok(self.iterator.insert((iterator, shard)).clone())
    }

    async fn stream(&self, aws: &Aws) -> Result<String> {
        let table = aws.call("DynamoDB_20120810.DescribeTable", json!({ "TableName": self.table })).await?;
        let arn = table.pointer("/Table/LatestStreamArn").and_then(Value::as_str);
        Ok(arn.context("the table has a stream")?.to_owned())
    }

    async fn iterator_at(&self, aws: &Aws, shard: &str, mut place: Value) -> Result<String> {
        place["StreamArn"] = json!(self.stream(aws).await?);
        place["ShardId"] = json!(shard);
        let answer = aws.call("DynamoDBStreams_20120810.GetShardIterator", place).await?;
        Ok(answer["ShardIterator"].as_str().context("there is an iterator")?.to_owned())
    }
}
