//! Opens the table storage in memory or on disk, and adds the indexes its stream needs.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use application::Clock;
use dynoxide::storage::Storage;

use super::schema::Schemas;
use super::tokens::Tokens;
use super::{Dynamo, Engine, ttl};
use crate::wire::ServiceError;
use crate::{Durability, OpenError};

/// An index over the position: finding the next sequence number and reading after one would scan every
/// record.
const STREAM_INDEX: &str = "CREATE INDEX IF NOT EXISTS local_stream_position
     ON _stream_records(table_name, CAST(sequence_number AS INTEGER))";

/// The engine's clock, which follows ours.
struct EngineClock(Arc<dyn Clock>);

impl dynoxide::storage_backend::Clock for EngineClock {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from(self.0.now().as_second()).unwrap_or(0)
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.0.now().as_microsecond() as f64 / 1_000_000.0
    }
}

impl Dynamo {
    pub(crate) fn in_memory(clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let storage = Storage::memory()?.with_clock(Arc::new(EngineClock(clock.clone())));
        storage.conn().execute_batch("PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;")?;
        Self::with(storage, clock)
    }

    pub(crate) fn open(
        file: &Path,
        clock: Arc<dyn Clock>,
        durability: Durability,
    ) -> Result<Self, OpenError> {
        let path = file.to_str().ok_or_else(|| OpenError::Path(file.to_owned()))?;
        let storage = Storage::new(path)?.with_clock(Arc::new(EngineClock(clock.clone())));
        storage.conn().execute_batch(durability.pragmas())?;
        Self::with(storage, clock)
    }

    fn with(storage: Storage, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        storage.conn().set_prepared_statement_cache_capacity(128);
        storage.conn().execute_batch(STREAM_INDEX)?;
        ttl::restore_indexes(&storage)?;
        Ok(Self { engine: Mutex::new(Engine::new(storage)), clock })
    }

    /// Writes a consistent copy of all tables to a new file, while calls go on.
    pub(crate) fn copy_to(&self, file: &Path) -> Result<(), ServiceError> {
        let path = file.to_str().ok_or_else(|| ServiceError::internal("the path is not UTF-8"))?;
        self.engine().storage.vacuum_into(path).map_err(ServiceError::internal)
    }
}

impl Engine {
    fn new(storage: Storage) -> Self {
        Self { storage, schemas: Schemas::default(), tokens: Tokens::default(), ends: HashMap::new() }
    }

    /// A copy of the tables in memory, independent of the original.
    pub(super) fn copy(&self) -> Result<Self, ServiceError> {
        let mut storage = Storage::memory()?;
        storage.restore_from_connection(self.storage.conn())?;
        Ok(Self::new(storage))
    }
}
