//! The SQLite files behind queues, buckets and secrets, which are all opened and copied alike.

use std::path::Path;

use rusqlite::Connection;

use crate::wire::ServiceError;
use crate::{Durability, OpenError};

pub(crate) fn open(file: &Path, durability: Durability) -> Result<Connection, OpenError> {
    let db = Connection::open(file)?;
    db.execute_batch("PRAGMA journal_mode = WAL;")?;
    db.execute_batch(durability.pragmas())?;
    Ok(db)
}

/// Writes a consistent copy of the database to a new file.
pub(crate) fn copy(db: &Connection, file: &Path) -> Result<(), ServiceError> {
    let path = file.to_str().ok_or_else(|| ServiceError::internal("the path is not UTF-8"))?;
    db.execute("VACUUM INTO ?1", [path])?;
    Ok(())
}
