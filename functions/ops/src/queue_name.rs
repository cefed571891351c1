//! The name of a queue in paths and answers.

use application::queue_messages::Queue;
use http_api::utoipa;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueName {
    Imports,
    Enrolments,
    Enrichment,
    Columns,
    Ai,
    Send,
    Inbound,
    Visits,
    Mailboxes,
    Folds,
}

impl From<Queue> for QueueName {
    fn from(queue: Queue) -> Self {
        match queue {
            Queue::Imports => Self::Imports,
            Queue::Enrolments => Self::Enrolments,
            Queue::Enrichment => Self::Enrichment,
            Queue::Columns => Self::Columns,
            Queue::Ai => Self::Ai,
            Queue::Send => Self::Send,
            Queue::Inbound => Self::Inbound,
            Queue::Visits => Self::Visits,
            Queue::Mailboxes => Self::Mailboxes,
            Queue::Folds => Self::Folds,
        }
    }
}

impl From<QueueName> for Queue {
    fn from(name: QueueName) -> Self {
        match name {
            QueueName::Imports => Self::Imports,
            QueueName::Enrolments => Self::Enrolments,
            QueueName::Enrichment => Self::Enrichment,
            QueueName::Columns => Self::Columns,
            QueueName::Ai => Self::Ai,
            QueueName::Send => Self::Send,
            QueueName::Inbound => Self::Inbound,
            QueueName::Visits => Self::Visits,
            QueueName::Mailboxes => Self::Mailboxes,
            QueueName::Folds => Self::Folds,
        }
    }
}
