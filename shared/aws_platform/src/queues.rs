//! SQS: queues messages, postpones them, inspects the queues.

use crate::BoxError;
use crate::config::Config;
use application::ports::outbox::{Outbox, Outgoing, Redelivery};
use application::ports::queues::{DeadLetter, QueueDepth, QueueInspector};
use application::ports::store::{StoreError, StoreResult};
use application::queue_messages::Queue;
use async_trait::async_trait;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName, SendMessageBatchRequestEntry};
use std::collections::BTreeMap;

pub struct Queues {
    client: aws_sdk_sqs::Client,
    urls: BTreeMap<Queue, String>,
    dead_letter_urls: BTreeMap<Queue, String>,
}

const BATCH: usize = 10;

impl Queues {
    pub fn new(client: aws_sdk_sqs::Client, config: &Config) -> Self {
        Self { client, urls: config.queue_urls.clone(), dead_letter_urls: config.dead_letter_urls.clone() }
    }

    fn url(&self, queue: Queue) -> StoreResult<&str> {
        let missing = || format!("this function has no URL for the queue {}", queue.as_str());
        self.urls.get(&queue).map(String::as_str).ok_or_else(|| StoreError::Unavailable(missing().into()))
    }

    fn dead_letters_url(&self, queue: Queue) -> StoreResult<&str> {
        let missing = || format!("this function has no URL for the dead letters of {}", queue.as_str());
        self.dead_letter_urls
            .get(&queue)
            .map(String::as_str)
            .ok_or_else(|| StoreError::Unavailable(missing().into()))
    }

    async fn counts(&self, url: &str) -> StoreResult<[u64; 3]> {
        let names = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
        ];
        let request = self.client.get_queue_attributes().queue_url(url);
        let answer = request.set_attribute_names(Some(names.to_vec())).send().await.map_err(unavailable)?;
        let attributes = answer.attributes().cloned().unwrap_or_default();
        Ok(names.map(|name| attributes.get(&name).and_then(|n| n.parse().ok()).unwrap_or(0)))
    }
}

fn unavailable<E: std::error::Error + Send + Sync + 'static>(error: E) -> StoreError {
    StoreError::Unavailable(BoxError::from(DisplayErrorContext(&error).to_string()))
}

/// Escapes the two characters that SQS refuses because XML does not have them. A message is JSON, so an escaped text
/// is the same text.
fn within_xml(json: &str) -> String {
    json.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff")
}

#[async_trait]
impl Outbox for Queues {
    async fn send_raw(&self, queue: Queue, messages: Vec<Outgoing>) -> StoreResult<()> {
        let url = self.url(queue)?;
        for batch in messages.chunks(BATCH) {
            let mut entries = Vec::with_capacity(batch.len());
            for (number, message) in batch.iter().enumerate() {
                let entry = SendMessageBatchRequestEntry::builder()
                    .id(number.to_string())
                    .message_body(within_xml(&message.body))
                    .delay_seconds(i32::try_from(message.delay_seconds.min(900)).unwrap_or(900))
                    .set_message_group_id(message.group.clone());
                entries.push(entry.build().map_err(unavailable)?);
            }
            let request = self.client.send_message_batch().queue_url(url).set_entries(Some(entries));
            let answer = request.send().await.map_err(unavailable)?;
            if let Some(failed) = answer.failed().first() {
                let count = answer.failed().len();
                return Err(StoreError::Unavailable(
                    format!("{count} messages refused: {}", failed.code()).into(),
                ));
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Redelivery for Queues {
    async fn postpone(&self, queue: Queue, receipt: &str, after_seconds: u32) -> StoreResult<()> {
        let seconds = i32::try_from(after_seconds.min(43_200)).unwrap_or(43_200);
        let request = self.client.change_message_visibility().queue_url(self.url(queue)?);
        request.receipt_handle(receipt).visibility_timeout(seconds).send().await.map_err(unavailable)?;
        Ok(())
    }
}

#[async_trait]
impl QueueInspector for Queues {
    async fn depth(&self, queue: Queue) -> StoreResult<QueueDepth> {
        let [waiting, in_flight, delayed] = self.counts(self.url(queue)?).await?;
        Ok(QueueDepth { waiting, in_flight, delayed, dead: self.dead(queue).await? })
    }

    async fn dead(&self, queue: Queue) -> StoreResult<u64> {
        let [dead, ..] = self.counts(self.dead_letters_url(queue)?).await?;
        Ok(dead)
    }

    async fn dead_letters(&self, queue: Queue) -> StoreResult<Vec<DeadLetter>> {
        let url = self.dead_letters_url(queue)?;
        let answer = self
            .client
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(10)
            .visibility_timeout(0)
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .send()
            .await
            .map_err(unavailable)?;
        let letters = answer.messages.unwrap_or_default().into_iter().map(|message| {
            let count = message
                .attributes
                .as_ref()
                .and_then(|a| a.get(&MessageSystemAttributeName::ApproximateReceiveCount));
            DeadLetter {
                id: message.message_id.clone().unwrap_or_default(),
                received_count: count.and_then(|n| n.parse().ok()).unwrap_or(0),
                body: message.body.unwrap_or_default(),
            }
        });
        Ok(letters.collect())
    }

    async fn redrive(&self, queue: Queue) -> StoreResult<()> {
        let url = self.dead_letters_url(queue)?;
        let request =
            self.client.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::QueueArn);
        let answer = request.send().await.map_err(unavailable)?;
        let arn = answer.attributes().and_then(|a| a.get(&QueueAttributeName::QueueArn)).cloned();
        let arn = arn.ok_or_else(|| StoreError::Unavailable("the dead-letter queue has no ARN".into()))?;
        self.client.start_message_move_task().source_arn(arn).send().await.map_err(unavailable)?;
        Ok(())
    }
}
