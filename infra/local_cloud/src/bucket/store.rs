//! The SQLite file behind the buckets: an object is a row, replaced whole.

use std::path::Path;
use std::sync::{Arc, Mutex};

use application::Clock;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Buckets, errors};
use crate::wire::ServiceError;
use crate::{Durability, OpenError, sqlite};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS objects (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        bucket TEXT NOT NULL,
        key TEXT NOT NULL,
        etag TEXT NOT NULL,
        size INTEGER NOT NULL,
        modified_ms INTEGER NOT NULL,
        headers TEXT NOT NULL,
        body BLOB NOT NULL
    );
    CREATE UNIQUE INDEX IF NOT EXISTS objects_by_key ON objects(bucket, key);
    CREATE TABLE IF NOT EXISTS expirations (
        bucket TEXT NOT NULL,
        prefix TEXT NOT NULL,
        days INTEGER NOT NULL,
        PRIMARY KEY (bucket, prefix)
    ) WITHOUT ROWID;";

const DAY_MS: i64 = 86_400_000;

pub(super) struct Store(Connection);

/// A lifecycle rule: objects whose key begins with the prefix expire so many days after they were put.
pub(super) struct Expiration {
    pub prefix: String,
    pub days: i64,
}

/// The properties of an object without its body.
pub(super) struct Head {
    pub etag: String,
    pub size: u64,
    pub modified_ms: i64,
    /// Content type and `x-amz-meta-*`, as they were put.
    pub headers: Vec<(String, String)>,
}

impl Buckets {
    pub(crate) fn in_memory(clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        Self::with(Connection::open_in_memory()?, clock)
    }

    pub(crate) fn open(
        file: &Path,
        clock: Arc<dyn Clock>,
        durability: Durability,
    ) -> Result<Self, OpenError> {
        Self::with(sqlite::open(file, durability)?, clock)
    }

    fn with(db: Connection, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        db.execute_batch(TABLES)?;
        Ok(Self { store: Mutex::new(Store(db)), clock })
    }

    pub(crate) fn copy_to(&self, file: &Path) -> Result<(), ServiceError> {
        sqlite::copy(&self.store().0, file)
    }
}

impl Store {
    pub(super) fn create_bucket(&self, name: &str) -> Result<(), ServiceError> {
        self.0.execute("INSERT OR IGNORE INTO buckets (name) VALUES (?1)", [name])?;
        Ok(())
    }

    pub(super) fn delete_bucket(&self, name: &str) -> Result<(), ServiceError> {
        for (table, column) in [("objects", "bucket"), ("expirations", "bucket"), ("buckets", "name")] {
            self.0.execute(&format!("DELETE FROM {table} WHERE {column} = ?1"), [name])?;
        }
        Ok(())
    }

    /// Replaces the bucket's rules.
    pub(super) fn set_expirations(&self, name: &str, rules: &[Expiration]) -> Result<(), ServiceError> {
        self.0.execute("DELETE FROM expirations WHERE bucket = ?1", [name])?;
        for rule in rules {
            self.0.execute(
                "INSERT INTO expirations (bucket, prefix, days) VALUES (?1, ?2, ?3)",
                params![name, rule.prefix, rule.days],
            )?;
        }
        Ok(())
    }

    /// Deletes objects whose days had passed at the last midnight (UTC), which is how S3 counts.
    pub(super) fn delete_expired(&self, now_ms: i64) -> Result<usize, ServiceError> {
        let today = now_ms.div_euclid(DAY_MS);
        Ok(self.0.execute(
            "DELETE FROM objects WHERE EXISTS (SELECT 1 FROM expirations AS rule
             WHERE rule.bucket = objects.bucket
             AND substr(objects.key, 1, length(rule.prefix)) = rule.prefix
             AND objects.modified_ms / ?1 + rule.days + 1 <= ?2)",
            params![DAY_MS, today],
        )?)
    }

    /// All objects with their bodies, in order of bucket and key.
    pub(super) fn objects(&self) -> Result<Vec<(String, Vec<u8>)>, ServiceError> {
        let mut statement =
            self.0.prepare_cached("SELECT bucket, key, body FROM objects ORDER BY bucket, key")?;
        let named = |row: &rusqlite::Row<'_>| {
            let (bucket, key): (String, String) = (row.get(0)?, row.get(1)?);
            Ok((format!("{bucket}/{key}"), row.get(2)?))
        };
        Ok(statement.query_map([], named)?.collect::<Result<_, _>>()?)
    }

    pub(super) fn require_bucket(&self, name: &str) -> Result<(), ServiceError> {
        let mut statement = self.0.prepare_cached("SELECT 1 FROM buckets WHERE name = ?1")?;
        statement.exists([name])?.then_some(()).ok_or_else(errors::no_such_bucket)
    }

    pub(super) fn head(&self, bucket: &str, key: &str) -> Result<Option<Head>, ServiceError> {
        let mut statement = self.0.prepare_cached(
            "SELECT etag, size, modified_ms, headers FROM objects WHERE bucket = ?1 AND key = ?2",
        )?;
        let row = statement.query_row([bucket, key], |row| {
            let headers: String = row.get(3)?;
            Ok(Head {
                etag: row.get(0)?,
                size: row.get(1)?,
                modified_ms: row.get(2)?,
                headers: serde_json::from_str(&headers).unwrap_or_default(),
            })
        });
        Ok(row.optional()?)
    }

    pub(super) fn body(&self, bucket: &str, key: &str) -> Result<Vec<u8>, ServiceError> {
        let mut statement =
            self.0.prepare_cached("SELECT body FROM objects WHERE bucket = ?1 AND key = ?2")?;
        Ok(statement.query_row([bucket, key], |row| row.get(0))?)
    }

    pub(super) fn put(&self, bucket: &str, key: &str, head: &Head, body: &[u8]) -> Result<(), ServiceError> {
        let headers = serde_json::to_string(&head.headers).map_err(ServiceError::internal)?;
        self.0
            .prepare_cached(
                "INSERT OR REPLACE INTO objects (bucket, key, etag, size, modified_ms, headers, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![bucket, key, head.etag, head.size, head.modified_ms, headers, body])?;
        Ok(())
    }

    pub(super) fn delete(&self, bucket: &str, key: &str) -> Result<(), ServiceError> {
        self.0
            .prepare_cached("DELETE FROM objects WHERE bucket = ?1 AND key = ?2")?
            .execute([bucket, key])?;
        Ok(())
    }

    /// Keys with a prefix after another key, in order of their bytes.
    pub(super) fn keys_after(
        &self,
        bucket: &str,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, Head)>, ServiceError> {
        let mut statement = self.0.prepare_cached(
            "SELECT key, etag, size, modified_ms FROM objects
             WHERE bucket = ?1 AND key > ?2 AND key >= ?3 AND substr(key, 1, ?4) = ?3 ORDER BY key LIMIT ?5",
        )?;
        let length = i64::try_from(prefix.chars().count()).map_err(ServiceError::internal)?;
        let limit = i64::try_from(limit).map_err(ServiceError::internal)?;
        let rows = statement.query_map(params![bucket, after, prefix, length, limit], |row| {
            let head =
                Head { etag: row.get(1)?, size: row.get(2)?, modified_ms: row.get(3)?, headers: Vec::new() };
            Ok((row.get(0)?, head))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
