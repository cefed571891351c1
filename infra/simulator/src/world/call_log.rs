//! Every call of the table as it took effect, with what it changed: the judge counts from it what all that must have cost.

use local_cloud::{Call, LocalCloud, Service, StreamRecord};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Clone, Default)]
pub struct Meter(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    position: i64,
    halved: bool,
    log: Vec<Seen>,
}

/// One call and the changes that followed from it.
pub struct Seen {
    pub principal: String,
    pub operation: String,
    pub body: Vec<u8>,
    /// Of a batch: only the first half was done.
    pub halved: bool,
    pub changes: Vec<StreamRecord>,
}

const WRITES: [&str; 5] = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"];
const READS: [&str; 3] = ["GetItem", "Query", "BatchGetItem"];

impl Meter {
    /// The call that comes next does its first half only.
    pub fn halve(&self) {
        self.state().halved = true;
    }

    /// A call has taken effect, or was refused for a condition.
    pub fn call(&self, cloud: &LocalCloud, call: &Call<'_>) {
        let mut state = self.state();
        let halved = std::mem::take(&mut state.halved);
        let writes = WRITES.contains(&call.operation);
        if call.service != Service::DynamoDb || !(writes || READS.contains(&call.operation)) {
            return;
        }
        let table = call.resource.rsplit_once("table/").map_or(call.resource, |(_, name)| name);
        let table = table.split('/').next().unwrap_or(table);
        let changes = if writes { state.changes(cloud, table) } else { Vec::new() };
        state.log.push(Seen {
            principal: call.principal.to_owned(),
            operation: call.operation.to_owned(),
            body: call.body.to_vec(),
            halved,
            changes,
        });
    }

    /// All since this was asked last; changes that nobody's call made come last.
    pub fn take(&self, cloud: &LocalCloud, table: &str) -> Vec<Seen> {
        let mut state = self.state();
        let changes = state.changes(cloud, table);
        let mut log = std::mem::take(&mut state.log);
        if !changes.is_empty() {
            let (principal, operation, body) = (String::new(), String::new(), Vec::new());
            log.push(Seen { principal, operation, body, halved: false, changes });
        }
        log
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn changes(&mut self, cloud: &LocalCloud, table: &str) -> Vec<StreamRecord> {
        let mut changes = Vec::new();
        while let Ok(batch) = cloud.stream_records(table, self.position, 1_000) {
            self.position = batch.last;
            if batch.records.is_empty() {
                break;
            }
            changes.extend(batch.records);
        }
        changes
    }
}
