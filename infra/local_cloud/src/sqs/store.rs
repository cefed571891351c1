//! The SQLite file behind the queues, with the queues' settings cached in memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use application::Clock;
use rusqlite::{Connection, params};

use super::queue::{Attributes, Queue};
use super::{Queues, errors};
use crate::ledger::Ledger;
use crate::names::queue_name;
use crate::wire::ServiceError;
use crate::{Durability, OpenError, sqlite};

/// `receipt` counts deliveries: only the handle of the last one is valid.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS queues (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        attributes TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        modified_ms INTEGER NOT NULL,
        purged_ms INTEGER
    );
    CREATE TABLE IF NOT EXISTS messages (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        queue INTEGER NOT NULL,
        message_id TEXT NOT NULL,
        body TEXT NOT NULL,
        attributes TEXT,
        sent_ms INTEGER NOT NULL,
        visible_ms INTEGER NOT NULL,
        in_flight INTEGER NOT NULL DEFAULT 0,
        receipt INTEGER NOT NULL DEFAULT 0,
        receives INTEGER NOT NULL DEFAULT 0,
        first_received_ms INTEGER,
        origin TEXT,
        trace TEXT,
        message_group TEXT
    );
    CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages(queue, visible_ms, in_flight, seq);
    CREATE TABLE IF NOT EXISTS move_tasks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL,
        destination TEXT,
        moved INTEGER NOT NULL,
        started_ms INTEGER NOT NULL
    );";

pub(super) struct Store {
    pub db: Connection,
    pub queues: BTreeMap<String, Queue>,
}

impl Queues {
    pub(crate) fn in_memory(clock: Arc<dyn Clock>, ledger: Arc<Ledger>) -> Result<Self, OpenError> {
        let db = Connection::open_in_memory()?;
        db.execute_batch("PRAGMA synchronous = OFF;")?;
        Self::with(db, clock, ledger)
    }

    pub(crate) fn open(
        file: &Path,
        clock: Arc<dyn Clock>,
        ledger: Arc<Ledger>,
        durability: Durability,
    ) -> Result<Self, OpenError> {
        Self::with(sqlite::open(file, durability)?, clock, ledger)
    }

    fn with(db: Connection, clock: Arc<dyn Clock>, ledger: Arc<Ledger>) -> Result<Self, OpenError> {
        db.set_prepared_statement_cache_capacity(64);
        db.execute_batch(TABLES)?;
        // A folder of an earlier version has messages without these columns.
        for column in ["trace", "message_group"] {
            let known = "SELECT COUNT(*) FROM pragma_table_info('messages') WHERE name = ?1";
            if db.query_row(known, [column], |row| row.get::<_, i64>(0))? == 0 {
                db.execute_batch(&format!("ALTER TABLE messages ADD COLUMN {column} TEXT;"))?;
            }
        }
        db.execute_batch("CREATE INDEX IF NOT EXISTS messages_by_group ON messages(queue, message_group);")?;
        let queues = load(&db)?;
        Ok(Self { store: Mutex::new(Store { db, queues }), clock, ledger })
    }

    pub(crate) fn copy_to(&self, file: &Path) -> Result<(), ServiceError> {
        sqlite::copy(&self.store().db, file)
    }
}

impl Store {
    /// A queue by URL, ARN or name.
    pub(super) fn queue(&self, address: &str) -> Result<Queue, ServiceError> {
        self.queues.get(queue_name(address)).cloned().ok_or_else(errors::no_such_queue)
    }

    pub(super) fn save(&mut self, queue: Queue) -> Result<(), ServiceError> {
        let attributes = serde_json::to_string(&queue.attributes).map_err(ServiceError::internal)?;
        self.db.execute(
            "UPDATE queues SET attributes = ?2, modified_ms = ?3, purged_ms = ?4 WHERE id = ?1",
            params![queue.id, attributes, queue.modified_ms, queue.purged_ms],
        )?;
        self.queues.insert(queue.name.clone(), queue);
        Ok(())
    }
}

fn load(db: &Connection) -> Result<BTreeMap<String, Queue>, OpenError> {
    let mut statement =
        db.prepare("SELECT id, name, attributes, created_ms, modified_ms, purged_ms FROM queues")?;
    let rows = statement.query_map([], |row| {
        let attributes: String = row.get(2)?;
        Ok(Queue {
            id: row.get(0)?,
            name: row.get(1)?,
            attributes: serde_json::from_str::<Attributes>(&attributes).unwrap_or_default(),
            created_ms: row.get(3)?,
            modified_ms: row.get(4)?,
            purged_ms: row.get(5)?,
        })
    })?;
    let queues = rows.map(|queue| queue.map(|queue| (queue.name.clone(), queue)));
    Ok(queues.collect::<Result<_, _>>()?)
}
