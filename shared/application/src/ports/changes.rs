//! Reads the changes that the table's stream delivers.

use crate::ports::leads::Activity;
use crate::ports::store::StoreResult;
use domain::CampaignId;
use domain::LeadId;
use domain::WorkspaceId;
use domain::campaign::Campaign;
use domain::deal::Deal;
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
use domain::workspace::notification::Notification;
use domain::workspace::task::Task;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Reads the records of the table's stream.
pub trait ChangeReader: Send + Sync {
    /// Reads one record as Lambda delivers it: `eventName`, `dynamodb{NewImage, OldImage, …}`. `None` for
    /// records that need no reaction: the projection's own writes, expiry, look-ups.
    fn read_record(&self, record: &serde_json::Value) -> StoreResult<Option<Changed>>;

    /// Reads what the same record says for the lead list and for the log. `None` for an item without an event.
    fn read_for_log(&self, record: &serde_json::Value) -> StoreResult<Option<Recorded>>;

    /// Returns when the due tick ended, if the record says that it ran.
    fn read_tick(&self, record: &serde_json::Value) -> Option<Timestamp>;
}

/// What a record says for the lead list, if the item is a lead, and for the log, if it brings an event.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub workspace: WorkspaceId,
    pub at: Timestamp,
    pub lead: Option<ListedNow>,
    pub entry: Option<LogEntry>,
}

/// A lead as the list has it from now on.
#[derive(Debug, Clone)]
pub enum ListedNow {
    Is(Box<Lead>),
    /// The lead is erased, or deleted: then it may come back with a later revision.
    Gone {
        id: LeadId,
        rev: u64,
        is_erased: bool,
    },
}

/// An entry of the log: who changed which item, and what of it. Texts that people have written or are known by are not in
/// it: they stand in the lead's own partition, which is erased with the lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The item's keys without the workspace; `*` and a digest stand for a part that may be an address.
    pub item: String,
    pub entity: String,
    /// The item's revision after the change.
    pub rev: u64,
    pub kind: String,
    /// The user, API key or account that made the change, or `lead` or `system`.
    pub by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<FieldChange>,
    /// How many more attributes changed than are listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A changed attribute of an item, with both values if they are numbers, codes, times or ids.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    pub field: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<serde_json::Value>,
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
    Lead {
        old: Option<Box<Lead>>,
        new: Option<Box<Lead>>,
    },
    Message {
        old: Option<Box<Message>>,
        new: Box<Message>,
    },
    MessageGone {
        old: Box<Message>,
    },
    Enrolment {
        old: Option<Box<Enrolment>>,
        new: Box<Enrolment>,
    },
    /// `campaign`: the one whose own opening line it is.
    Field {
        lead: LeadId,
        campaign: Option<CampaignId>,
        old: Option<Box<FieldResult>>,
        new: Box<FieldResult>,
    },
    Activity {
        lead: LeadId,
        new: Box<Activity>,
    },
    Conversation {
        old: Option<Box<Conversation>>,
        new: Box<Conversation>,
    },
    Task {
        old: Option<Box<Task>>,
        new: Box<Task>,
    },
    /// A new notification; what becomes of one later needs no reaction.
    Notification {
        new: Box<Notification>,
    },
    /// A new deal; what becomes of one later needs no reaction.
    Deal {
        new: Box<Deal>,
    },
    Suppression {
        new: Box<Suppression>,
    },
    Client {
        old: Option<Box<Client>>,
        new: Box<Client>,
    },
    Subscription {
        old: Option<Box<Subscription>>,
        new: Box<Subscription>,
    },
    Transaction {
        new: Box<Transaction>,
    },
    Campaign {
        old: Option<Box<Campaign>>,
        new: Box<Campaign>,
    },
    Import {
        old: Option<Box<Import>>,
        new: Box<Import>,
    },
}
