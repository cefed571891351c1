//! Queue messages: each is parsed and handled alone, so a bad one fails alone. Failed ones are reported, and no
//! others.

use crate::{BoxError, Handler};
use application::StoreError;
use application::ports::outbox::Redelivery;
use application::queue_messages::QueueMessage;
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;

/// The outcome of one message. Every failure is one of these on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// The message stays in the queue and comes back after this many seconds.
    Retry {
        after_seconds: u32,
        why: String,
    },
    /// The message will never succeed and can be dropped: it is logged and removed.
    Discard {
        why: String,
    },
    /// The message will never succeed and must not be lost: it is left to the queue, which moves it to the dead
    /// letters.
    Poison {
        why: String,
    },
}

impl Outcome {
    /// Retries after two seconds, then four, up to a minute. The queue's own count moves the message to the dead
    /// letters in the end.
    pub fn back_off(delivery: &Delivery, why: String) -> Self {
        Self::Retry { after_seconds: 2u32.pow(delivery.receive_count.min(6)), why }
    }

    /// Makes the outcome for a store's error. `gone` tells what is missing if the item that the message is about is
    /// not there.
    pub fn of_store_error(error: &StoreError, delivery: &Delivery, gone: &str) -> Self {
        match error {
            StoreError::NotFound => Self::Discard { why: gone.to_owned() },
            StoreError::BadQuery(_) | StoreError::BadCursor => Self::Discard { why: error.to_string() },
            StoreError::Corrupt { .. } => Self::Poison { why: error.to_string() },
            StoreError::Conflict | StoreError::Unavailable(_) => Self::back_off(delivery, error.in_full()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub message_id: String,
    pub receipt: String,
    /// The number of deliveries, 1 at first. It grows by crashes and retries alike.
    pub receive_count: u32,
}

/// Handles one message at a time, in the batch's order.
pub fn queue_handler<A, M, F, Fut>(app: Arc<A>, redelivery: Arc<dyn Redelivery>, handle: F) -> Handler
where
    A: Send + Sync + 'static,
    M: QueueMessage + 'static,
    F: Fn(Arc<A>, M, Delivery) -> Fut + Send + Sync + Copy + 'static,
    Fut: Future<Output = Outcome> + Send + 'static,
{
    batch_handler(app, redelivery, move |app: Arc<A>, batch: Vec<(M, Delivery)>| async move {
        let mut outcomes = Vec::with_capacity(batch.len());
        for (message, delivery) in batch {
            outcomes.push(handle(app.clone(), message, delivery).await);
        }
        outcomes
    })
}

/// Handles the readable messages of a batch together. `handle` returns one outcome for each, in their order.
pub fn batch_handler<A, M, F, Fut>(app: Arc<A>, redelivery: Arc<dyn Redelivery>, handle: F) -> Handler
where
    A: Send + Sync + 'static,
    M: QueueMessage + 'static,
    F: Fn(Arc<A>, Vec<(M, Delivery)>) -> Fut + Send + Sync + Copy + 'static,
    Fut: Future<Output = Vec<Outcome>> + Send + 'static,
{
    Arc::new(move |event: Value| {
        let (app, redelivery) = (app.clone(), redelivery.clone());
        Box::pin(async move {
            let event: SqsEvent = serde_json::from_value(event)?;
            let mut failures = Vec::new();
            let mut batch = Vec::new();
            for record in event.records {
                let delivery = delivery_of(&record);
                match serde_json::from_str::<M>(record.body.as_deref().unwrap_or("")) {
                    Ok(message) => batch.push((message, delivery)),
                    Err(error) => {
                        // The error itself is not logged: it may quote what the message holds.
                        let (queue, why, column) = (M::QUEUE.as_str(), error.classify(), error.column());
                        tracing::error!(queue, message.id = %delivery.message_id, ?why, column, "unreadable message");
                        failures.push(delivery.message_id);
                    }
                }
            }
            let deliveries: Vec<Delivery> = batch.iter().map(|(_, delivery)| delivery.clone()).collect();
            let outcomes = handle(app, batch).await;
            if outcomes.len() != deliveries.len() {
                return Err(BoxError::from("a handler must answer one outcome for each message"));
            }
            for (delivery, outcome) in deliveries.into_iter().zip(outcomes) {
                if !finish_delivery::<M>(&delivery, outcome, redelivery.as_ref()).await {
                    failures.push(delivery.message_id);
                }
            }
            Ok(serde_json::to_value(response(failures))?)
        })
    })
}

/// Carries out an outcome. Returns true when the queue may forget the message.
async fn finish_delivery<M: QueueMessage>(
    delivery: &Delivery,
    outcome: Outcome,
    redelivery: &dyn Redelivery,
) -> bool {
    let (queue, id) = (M::QUEUE.as_str(), &delivery.message_id);
    match outcome {
        Outcome::Done => true,
        Outcome::Discard { why } => {
            tracing::warn!(queue, message.id = %id, why, "message discarded");
            true
        }
        Outcome::Retry { after_seconds, why } => {
            tracing::info!(queue, message.id = %id, after_seconds, why, "message postponed");
            if let Err(error) = redelivery.postpone(M::QUEUE, &delivery.receipt, after_seconds).await {
                tracing::warn!(queue, message.id = %id, error = error.in_full(), "left to the queue's own visibility");
            }
            false
        }
        Outcome::Poison { why } => {
            tracing::error!(queue, message.id = %id, why, receive_count = delivery.receive_count, "message cannot be handled");
            false
        }
    }
}

fn delivery_of(record: &SqsMessage) -> Delivery {
    let receive_count =
        record.attributes.get("ApproximateReceiveCount").and_then(|n| n.parse().ok()).unwrap_or(1);
    Delivery {
        message_id: record.message_id.clone().unwrap_or_default(),
        receipt: record.receipt_handle.clone().unwrap_or_default(),
        receive_count,
    }
}

fn response(failed: Vec<String>) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed
        .into_iter()
        .map(|id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            failure
        })
        .collect();
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::lead::segment::RuleFault;

    #[test]
    fn store_error_is_retried_only_where_waiting_helps() {
        let delivery =
            |receive_count| Delivery { message_id: String::new(), receipt: String::new(), receive_count };
        let of = |error: StoreError, count| Outcome::of_store_error(&error, &delivery(count), "it is gone");
        assert_eq!(of(StoreError::NotFound, 1), Outcome::Discard { why: "it is gone".to_owned() });
        let corrupt = StoreError::Corrupt { key: "k".to_owned(), why: "no id".to_owned() };
        assert!(matches!(of(corrupt, 1), Outcome::Poison { .. }));
        let fault = RuleFault { path: "segment".to_owned(), why: "does not exist".to_owned() };
        let why = "the leads cannot be selected: segment does not exist".to_owned();
        assert_eq!(of(StoreError::BadQuery(vec![fault]), 1), Outcome::Discard { why });
        let why = "the store did not answer: throttled".to_owned();
        for (count, after_seconds) in [(1, 2), (2, 4), (6, 64), (40, 64)] {
            let silent = StoreError::Unavailable("throttled".into());
            assert_eq!(of(silent, count), Outcome::Retry { after_seconds, why: why.clone() });
        }
    }
}
