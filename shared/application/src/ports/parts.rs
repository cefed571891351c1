//! Looking at the parts that the installation stands on, and changing none of them.

use crate::ports::queues::QueueDepth;
use crate::ports::store::StoreError;
use crate::queue_messages::Queue;
use async_trait::async_trait;

#[async_trait]
pub trait PartInspector: Send + Sync {
    async fn table(&self) -> Looked<TableFacts>;
    async fn queue(&self, queue: Queue) -> Looked<QueueDepth>;
    async fn bucket(&self) -> Looked<()>;
    /// The bus's name. `None`: this stage tells nobody what happens.
    async fn event_bus(&self) -> Looked<Option<String>>;
    async fn secret(&self) -> Looked<SecretFacts>;
    /// What is answered at a path of the installation's own public address.
    async fn page(&self, path: &str) -> Result<PageSeen, NotReached>;
}

pub type Looked<T> = Result<T, PartFault>;

/// Why a part could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartFault {
    Missing,
    /// The function that looks has no right to.
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
    /// As the database names it: `ACTIVE`, `UPDATING`, `DELETING`.
    pub status: String,
    /// What each record of the stream shows. `None`: the stream is off.
    pub stream: Option<String>,
    /// Whether the index that lists are read from is there and filled.
    pub index_is_active: bool,
    /// By which attribute items expire, if they do.
    pub expires_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretFacts {
    /// The keys are those that this function started with.
    AsStarted,
    /// Others, which functions take when they next start.
    Changed,
    /// Never says a value.
    Unusable(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSeen {
    pub status: u16,
    pub content_type: String,
    /// It was one of our functions that answered, and nobody on the way.
    pub is_ours: bool,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReached {
    pub why: String,
    /// There is somebody, whose certificate is not good for this address.
    pub bad_certificate: bool,
}
