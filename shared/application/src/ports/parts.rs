//! Inspects the parts that the installation stands on, and changes none of them.

use crate::ports::queues::QueueDepth;
use crate::ports::store::StoreError;
use crate::queue_messages::Queue;
use async_trait::async_trait;

#[async_trait]
pub trait PartInspector: Send + Sync {
    async fn table(&self) -> Looked<TableFacts>;
    async fn queue(&self, queue: Queue) -> Looked<QueueDepth>;
    async fn bucket(&self) -> Looked<()>;
    /// Returns the bus's name. `None`: this stage publishes no events.
    async fn event_bus(&self) -> Looked<Option<String>>;
    async fn secret(&self) -> Looked<SecretFacts>;
    /// Requests a path of the installation's own public address, and returns the response.
    async fn page(&self, path: &str) -> Result<PageSeen, NotReached>;
}

pub type Looked<T> = Result<T, PartFault>;

/// The reason why a part could not be inspected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartFault {
    Missing,
    /// The inspecting function lacks the permission.
    Refused(String),
    NoAnswer(String),
}

impl From<StoreError> for PartFault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::Missing,
            other => Self::NoAnswer(other.in_full()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFacts {
    pub name: String,
    /// The table's status as the database names it: `ACTIVE`, `UPDATING`, `DELETING`.
    pub status: String,
    /// The images that each record of the stream holds. `None`: the stream is off.
    pub stream: Option<String>,
    /// Whether the index that lists are read from exists and is filled.
    pub index_is_active: bool,
    /// The attribute by which items expire, if they do.
    pub expires_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretFacts {
    /// The secret holds the keys that this function started with.
    AsStarted,
    /// The secret holds other keys, which functions take when they next start.
    Changed,
    /// The secret is unusable, and why; the text never contains a value.
    Unusable(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSeen {
    pub status: u16,
    pub content_type: String,
    /// Whether one of our functions answered, and nothing on the way to it.
    pub is_ours: bool,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReached {
    pub why: String,
    /// Whether a server answered whose certificate is not valid for this address.
    pub bad_certificate: bool,
}
