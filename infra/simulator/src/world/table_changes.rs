//! The changes of the table, read from its stream in the order in which they were written.

use local_cloud::{LocalCloud, StreamRecord};
use std::sync::{Arc, Mutex, PoisonError};

/// A reader of the stream that remembers how far it has come. Clones share the position.
#[derive(Clone, Default)]
pub struct TableChanges(Arc<Mutex<i64>>);

impl TableChanges {
    /// Reads all changes since the last call.
    pub fn take(&self, cloud: &LocalCloud, table: &str) -> Vec<StreamRecord> {
        let mut position = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changes = Vec::new();
        while let Ok(batch) = cloud.stream_records(table, *position, 1_000) {
            *position = batch.last;
            if batch.records.is_empty() {
                break;
            }
            changes.extend(batch.records);
        }
        changes
    }
}
