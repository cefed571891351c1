//! Reads the changes that the table's stream delivers.

use crate::ports::leads::Activity;
use crate::ports::store::StoreResult;
use domain::LeadId;
use domain::WorkspaceId;
use domain::campaign::Campaign;
use domain::enrolment::Enrolment;
use domain::event::Event;
use domain::import::Import;
use domain::lead::Lead;
use domain::lead::enrichment::FieldResult;
use domain::lead::suppression::Suppression;
use domain::message::Message;
use domain::message::conversation::Conversation;
use domain::revenue::Client;
use domain::revenue::Subscription;
use domain::revenue::Transaction;
use domain::workspace::task::Task;

/// Reads the records of the table's stream.
pub trait ChangeReader: Send + Sync {
    /// Reads one record as Lambda delivers it: `eventName`, `dynamodb{NewImage, OldImage, …}`. `None` for
    /// records that need no reaction: the projection's own writes, expiry, look-ups.
    fn read_record(&self, record: &serde_json::Value) -> StoreResult<Option<Changed>>;
}

#[derive(Debug, Clone)]
pub struct Changed {
    pub workspace: WorkspaceId,
    /// The event that was stored on the changed item.
    pub event: Event,
    pub change: Change,
}

/// The change by kind of item: the old image, where there was one, and the new one. A deleted lead has no `new`.
#[derive(Debug, Clone)]
pub enum Change {
    Lead { old: Option<Box<Lead>>, new: Option<Box<Lead>> },
    Message { old: Option<Box<Message>>, new: Box<Message> },
    MessageGone { old: Box<Message> },
    Enrolment { old: Option<Box<Enrolment>>, new: Box<Enrolment> },
    Field { lead: LeadId, old: Option<Box<FieldResult>>, new: Box<FieldResult> },
    Activity { lead: LeadId, new: Box<Activity> },
    Conversation { old: Option<Box<Conversation>>, new: Box<Conversation> },
    Task { old: Option<Box<Task>>, new: Box<Task> },
    Suppression { new: Box<Suppression> },
    Client { old: Option<Box<Client>>, new: Box<Client> },
    Subscription { old: Option<Box<Subscription>>, new: Box<Subscription> },
    Transaction { new: Box<Transaction> },
    Campaign { old: Option<Box<Campaign>>, new: Box<Campaign> },
    Import { old: Option<Box<Import>>, new: Box<Import> },
}
