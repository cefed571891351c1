//! The handle on a whole cloud: opens its stores and hands out what belongs to each service.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use application::Clock;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::bucket::Buckets;
use crate::connections::Connections;
use crate::dispatch::LateCall;
use crate::dynamo::{Dynamo, StreamBatch};
use crate::events::EventBus;
use crate::faults::Faults;
use crate::ledger::Ledger;
use crate::principal::{Permission, UsedPermissions};
use crate::secrets::Secrets;
use crate::sqs::Queues;
use crate::wire::{ServiceError, decode};

/// The amount of recent data that a crash may lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Survives loss of power: every write is synced.
    PowerLoss,
    /// Survives a killed process, about twice as fast; for development and demos.
    ProcessDeath,
}

impl Durability {
    pub(crate) fn pragmas(self) -> &'static str {
        match self {
            Self::PowerLoss => "PRAGMA synchronous = FULL;",
            Self::ProcessDeath => "PRAGMA synchronous = NORMAL;",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("tables: {0}")]
    Tables(#[from] dynoxide::DynoxideError),
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("cannot create the folder: {0}")]
    Folder(#[from] std::io::Error),
    #[error("another process is using {0}")]
    Busy(PathBuf),
    #[error("the path {0} is not UTF-8")]
    Path(PathBuf),
}

/// DynamoDB, SQS, a bucket, an event bus and secrets in this process. Clones are the same cloud.
#[derive(Clone)]
pub struct LocalCloud {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub clock: Arc<dyn Clock>,
    pub tables: Dynamo,
    pub queues: Queues,
    pub secrets: Secrets,
    pub buckets: Buckets,
    pub connections: Connections,
    pub events: EventBus,
    pub ledger: Arc<Ledger>,
    pub faults: Faults,
    pub late: Mutex<VecDeque<LateCall>>,
    pub used: UsedPermissions,
    pub denied: UsedPermissions,
    pub activity: watch::Sender<u64>,
    /// Whether calls sync to disk, which must not block the async threads.
    pub blocking: bool,
    /// Locked as long as the folder is in use.
    _lock: Option<File>,
}

struct Stores {
    tables: Dynamo,
    queues: Queues,
    secrets: Secrets,
    buckets: Buckets,
}

impl LocalCloud {
    /// A fresh cloud that is gone with its last handle.
    pub fn in_memory(clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let ledger = Arc::new(Ledger::default());
        let stores = Stores {
            tables: Dynamo::in_memory(clock.clone())?,
            queues: Queues::in_memory(clock.clone(), ledger.clone())?,
            secrets: Secrets::in_memory(clock.clone())?,
            buckets: Buckets::in_memory(clock.clone())?,
        };
        Ok(Self::with(clock, ledger, stores, None, false))
    }

    /// The cloud kept in a folder, which is created when missing. A second process is turned away.
    pub fn open(dir: &Path, clock: Arc<dyn Clock>, durability: Durability) -> Result<Self, OpenError> {
        std::fs::create_dir_all(dir)?;
        let lock = File::create(dir.join(LOCK))?;
        lock.try_lock().map_err(|_| OpenError::Busy(dir.to_owned()))?;
        let ledger = Arc::new(Ledger::default());
        let stores = Stores {
            tables: Dynamo::open(&dir.join(TABLES), clock.clone(), durability)?,
            queues: Queues::open(&dir.join(QUEUES), clock.clone(), ledger.clone(), durability)?,
            secrets: Secrets::open(&dir.join(SECRETS), clock.clone(), durability)?,
            buckets: Buckets::open(&dir.join(BUCKETS), clock.clone(), durability)?,
        };
        Ok(Self::with(clock, ledger, stores, Some(lock), durability == Durability::PowerLoss))
    }

    fn with(
        clock: Arc<dyn Clock>,
        ledger: Arc<Ledger>,
        stores: Stores,
        lock: Option<File>,
        blocking: bool,
    ) -> Self {
        let Stores { tables, queues, secrets, buckets } = stores;
        let inner = Inner {
            connections: Connections::new(clock.clone()),
            events: EventBus::new(clock.clone()),
            clock,
            tables,
            queues,
            secrets,
            buckets,
            ledger,
            faults: Faults::default(),
            late: Mutex::default(),
            used: UsedPermissions::default(),
            denied: UsedPermissions::default(),
            activity: watch::Sender::new(0),
            blocking,
            _lock: lock,
        };
        Self { inner: Arc::new(inner) }
    }

    pub fn queues(&self) -> &Queues {
        &self.inner.queues
    }

    pub fn events(&self) -> &EventBus {
        &self.inner.events
    }

    pub fn ledger(&self) -> &Ledger {
        &self.inner.ledger
    }

    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// Carries out the oldest call that `Fault::DoneLater` has put off; false if there is none.
    pub fn run_deferred_call(&self) -> bool {
        self.inner.run_deferred_call()
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// Which permissions each principal used so far: actions on ARNs.
    pub fn used_permissions(&self) -> BTreeMap<String, BTreeSet<Permission>> {
        self.inner.used.all()
    }

    /// Which permissions each principal was denied so far.
    pub fn denied_permissions(&self) -> BTreeMap<String, BTreeSet<Permission>> {
        self.inner.denied.all()
    }

    /// Changes whenever a call wrote something, so that whoever waits for messages or records looks again.
    pub fn activity(&self) -> watch::Receiver<u64> {
        self.inner.activity.subscribe()
    }

    /// Up to `limit` records of a table's stream after position `after` (0: from the oldest kept).
    pub fn stream_records(&self, table: &str, after: i64, limit: usize) -> Result<StreamBatch, ServiceError> {
        self.inner.tables.stream_records(table, after, limit)
    }

    /// Position of the stream's newest record, 0 when there is none.
    pub fn stream_end(&self, table: &str) -> Result<i64, ServiceError> {
        self.inner.tables.stream_end(table)
    }

    /// Forgets stream records up to and including `through`; returns how many.
    pub fn trim_stream(&self, table: &str, through: i64) -> Result<usize, ServiceError> {
        self.inner.tables.trim_stream(table, through)
    }

    /// All items of a table in their wire format, in order of key.
    pub fn items(&self, table: &str) -> Result<Vec<Value>, ServiceError> {
        let mut items = Vec::new();
        let mut scan = json!({ "TableName": table });
        loop {
            let (answer, _) = self.inner.tables.execute("Scan", scan.to_string().as_bytes());
            let mut page: Value = decode(&answer?)?;
            if let Value::Array(found) = page["Items"].take() {
                items.extend(found);
            }
            match page["LastEvaluatedKey"].take() {
                Value::Null => break,
                last => scan["ExclusiveStartKey"] = last,
            }
        }
        items.sort_by_cached_key(|item| [item["pk"].to_string(), item["sk"].to_string()]);
        Ok(items)
    }

    /// Puts items that `items` has returned for another table.
    pub fn put_items(&self, table: &str, items: &[Value]) -> Result<(), ServiceError> {
        for item in items {
            let put = json!({ "TableName": table, "Item": item });
            self.inner.tables.execute("PutItem", put.to_string().as_bytes()).0?;
        }
        self.inner.touched();
        Ok(())
    }

    /// Deletes items and objects whose expiry has passed, as DynamoDB and S3 do in the background; returns
    /// their number.
    pub fn sweep_expired(&self) -> Result<usize, ServiceError> {
        let deleted = self.inner.tables.sweep_ttl()? + self.inner.buckets.sweep()?;
        if deleted > 0 {
            self.inner.touched();
        }
        Ok(deleted)
    }

    /// Writes a copy of everything into an empty folder, while calls go on. Each file is consistent in
    /// itself; queues are copied first, so that the copy may repeat a message and never lacks one.
    pub fn copy_to(&self, dir: &Path) -> Result<(), ServiceError> {
        std::fs::create_dir_all(dir).map_err(ServiceError::internal)?;
        self.inner.queues.copy_to(&dir.join(QUEUES))?;
        self.inner.tables.copy_to(&dir.join(TABLES))?;
        self.inner.buckets.copy_to(&dir.join(BUCKETS))?;
        self.inner.secrets.copy_to(&dir.join(SECRETS))
    }
}

const LOCK: &str = "in-use.lock";
const TABLES: &str = "tables.db";
const QUEUES: &str = "queues.db";
const SECRETS: &str = "secrets.db";
const BUCKETS: &str = "buckets.db";

impl Inner {
    pub(crate) fn touched(&self) {
        self.activity.send_modify(|count| *count += 1);
    }
}

impl std::fmt::Debug for LocalCloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LocalCloud")
    }
}
