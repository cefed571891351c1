//! Batches from a queue, as Lambda's mapping delivers them: failed messages are delivered again, messages of
//! a loop are set aside.

use crate::chain::Chain;
use crate::host::{Inner, failures_of};
use crate::invoke::log_failure;
use crate::limits::LARGEST_PAYLOAD;
use crate::source::{Oddity, Source};
use anyhow::{Result, anyhow};
use local_cloud::{ReceivedMessage, ServiceError, TRACE_HEADER, names};
use serde_json::{Value, json};
use std::sync::PoisonError;
use std::time::Duration;

impl Inner {
    fn is_poison(&self, body: &str) -> bool {
        self.poison.lock().unwrap_or_else(PoisonError::into_inner).contains(body)
    }

    pub async fn deliver(&self, source: &Source, queue: &str, batch: usize, oddity: Oddity) -> Result<bool> {
        let visibility = (oddity == Oddity::Overlapping).then_some(Duration::ZERO);
        let messages = self.cloud.queues().receive(queue, batch, visibility).map_err(refused)?;
        if messages.is_empty() {
            return Ok(false);
        }
        let messages = self.without_loops(source, queue, messages)?;
        let messages: Vec<ReceivedMessage> =
            messages.into_iter().filter(|message| !self.is_poison(&message.body)).collect();
        if oddity == Oddity::Dropped {
            return Ok(true);
        }
        for messages in in_payloads(messages, &names::queue_arn(queue)) {
            self.hand_over(source, queue, messages, oddity).await?;
        }
        Ok(true)
    }

    /// Sets aside messages that the function's own chain has sent too often.
    fn without_loops(
        &self,
        source: &Source,
        queue: &str,
        messages: Vec<ReceivedMessage>,
    ) -> Result<Vec<ReceivedMessage>> {
        if source.may_recurse {
            return Ok(messages);
        }
        let (looped, messages): (Vec<_>, Vec<_>) = messages
            .into_iter()
            .partition(|message| chain_of(message).is_some_and(|chain| chain.is_loop_of(&source.function)));
        if !looped.is_empty() {
            tracing::error!(
                function = source.function,
                dropped = looped.len(),
                "a recursive loop was stopped: the function needs RecursiveLoop Allow if it is meant"
            );
            let handles: Vec<&str> = looped.iter().map(|message| message.receipt_handle.as_str()).collect();
            self.cloud.queues().set_aside(queue, &handles).map_err(refused)?;
        }
        Ok(messages)
    }

    async fn hand_over(
        &self,
        source: &Source,
        queue: &str,
        (messages, records): (Vec<ReceivedMessage>, Vec<Value>),
        oddity: Oddity,
    ) -> Result<()> {
        let chain = messages.iter().filter_map(chain_of).reduce(Chain::joined);
        let chain = chain.unwrap_or_else(|| self.new_chain());
        match self.start(source, chain, json!({ "Records": records }), oddity).await {
            Ok(_) if oddity == Oddity::Unheard => {}
            Ok(answer) => {
                let failed = failures_of(&answer);
                let done = messages.iter().filter(|message| !failed.contains(&message.message_id));
                let handles: Vec<&str> = done.map(|message| message.receipt_handle.as_str()).collect();
                self.cloud.queues().delete(queue, &handles).map_err(refused)?;
            }
            // The whole batch stays hidden until its visibility timeout ends.
            Err(error) => log_failure(source, error.as_ref()),
        }
        Ok(())
    }
}

fn refused(error: ServiceError) -> anyhow::Error {
    anyhow!("the local cloud refused: {error:?}")
}

fn chain_of(message: &ReceivedMessage) -> Option<Chain> {
    Chain::read(message.attributes.get(TRACE_HEADER)?)
}

/// Splits messages and their records into events that are small enough.
fn in_payloads(messages: Vec<ReceivedMessage>, arn: &str) -> Vec<(Vec<ReceivedMessage>, Vec<Value>)> {
    let mut payloads: Vec<(Vec<ReceivedMessage>, Vec<Value>)> = Vec::new();
    let mut room = 0;
    for message in messages {
        let record = record(&message, arn);
        // A byte of a text takes six at most in JSON, so only a large one is measured.
        let size = match message.body.len() > LARGEST_PAYLOAD / 100 {
            true => record.to_string().len(),
            false => message.body.len() * 6 + SMALL_PARTS,
        };
        match payloads.last_mut().filter(|_| size <= room) {
            Some((messages, records)) => {
                messages.push(message);
                records.push(record);
            }
            None => {
                payloads.push((vec![message], vec![record]));
                room = LARGEST_PAYLOAD;
            }
        }
        room = room.saturating_sub(size);
    }
    payloads
}

/// An upper bound for everything in a record but the body.
const SMALL_PARTS: usize = 4_096;

fn record(message: &ReceivedMessage, arn: &str) -> Value {
    json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "md5OfBody": message.md5_of_body,
        "attributes": message.attributes,
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": names::REGION,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_too_large_for_one_event_is_split() {
        let message = |bytes: usize| ReceivedMessage {
            message_id: "m".to_owned(),
            receipt_handle: "r".to_owned(),
            body: "x".repeat(bytes),
            md5_of_body: String::new(),
            attributes: Default::default(),
            message_attributes: Default::default(),
        };
        let sizes = |messages: Vec<ReceivedMessage>| -> Vec<usize> {
            in_payloads(messages, "arn").iter().map(|(messages, _)| messages.len()).collect()
        };
        assert_eq!(sizes((0..15).map(|_| message(500)).collect()), [15]);
        assert_eq!(sizes((0..10).map(|_| message(1_000_000)).collect()), [6, 4]);
        assert_eq!(sizes(vec![message(1_048_576)]), [1]);
        assert_eq!(sizes(vec![]), Vec::<usize>::new());
    }
}
