//! The cost that every call would have had on AWS: capacity and requests by caller, operation, key and
//! purpose.

mod partitions;
mod snapshot;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

pub use partitions::PartitionUse;
pub use snapshot::{Snapshot, Usage};

use crate::wire::Service;
use partitions::Partitions;

/// The dimensions that usage is split by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    pub principal: Arc<str>,
    pub service: Service,
    pub operation: String,
    /// Table, `table/index`, queue, bucket, bus or secret.
    pub resource: String,
    /// The kind of key touched, without ids: `W#L/N` for pk `W#…#L#…`, sk `N#…`.
    pub keys: String,
    /// The label of `purpose::scope`, or an empty text.
    pub purpose: Arc<str>,
}

/// The capacity that one item or one page consumed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Charge {
    pub resource: String,
    pub partition: Option<String>,
    pub sort: Option<String>,
    pub write_units: f64,
    pub read_units: f64,
    pub failed_condition: bool,
}

/// The caller and operation, common to the charges of one call.
pub(crate) struct Caller<'a> {
    pub principal: &'a str,
    pub service: Service,
    pub operation: &'a str,
    pub purpose: Arc<str>,
}

#[derive(Default)]
struct Books {
    usage: Snapshot,
    partitions: Partitions,
}

/// The ledger of one cloud.
#[derive(Default)]
pub struct Ledger(Mutex<Books>);

impl Ledger {
    /// All usage since the cloud was opened.
    pub fn snapshot(&self) -> Snapshot {
        self.books().usage.clone()
    }

    /// The usage after `earlier` was taken.
    pub fn since(&self, earlier: &Snapshot) -> Snapshot {
        self.books().usage.minus(earlier)
    }

    /// The sum of all lines since the cloud was opened that `keep` accepts.
    pub fn sum(&self, keep: impl Fn(&Line) -> bool) -> Usage {
        self.books().usage.sum(keep)
    }

    /// Capacity per partition key, the most written first.
    pub fn partitions(&self) -> Vec<(String, PartitionUse)> {
        self.books().partitions.by_peak()
    }

    /// Starts the counts of partitions anew.
    pub fn forget_partitions(&self) {
        self.books().partitions = Partitions::default();
    }

    /// The busiest second of any partition key, in write units: 1,000 is where DynamoDB throttles.
    pub fn peak_partition_writes(&self) -> f64 {
        self.partitions().first().map_or(0.0, |(_, used)| used.peak_write_units_per_second)
    }

    pub(crate) fn charge(&self, caller: &Caller<'_>, now: Timestamp, charges: &[Charge]) {
        let mut books = self.books();
        for (at, charge) in charges.iter().enumerate() {
            let line = Line {
                principal: caller.principal.into(),
                service: caller.service,
                operation: caller.operation.to_owned(),
                resource: charge.resource.clone(),
                keys: key_kind(charge.partition.as_deref(), charge.sort.as_deref()),
                purpose: caller.purpose.clone(),
            };
            let first = u64::from(at == 0);
            books.usage.add(
                line,
                &Usage {
                    calls: first,
                    requests: first,
                    write_units: charge.write_units,
                    read_units: charge.read_units,
                    failed_conditions: u64::from(charge.failed_condition),
                    bytes: 0,
                },
            );
            if let Some(partition) = &charge.partition {
                books.partitions.add(partition, now, charge.write_units, charge.read_units);
            }
        }
    }

    /// Records a call that is billed by the request, not by capacity.
    pub(crate) fn count(&self, caller: &Caller<'_>, resource: &str, requests: u64, bytes: u64) {
        let line = Line {
            principal: caller.principal.into(),
            service: caller.service,
            operation: caller.operation.to_owned(),
            resource: resource.to_owned(),
            keys: String::new(),
            purpose: caller.purpose.clone(),
        };
        let usage = Usage { calls: 1, requests, bytes, ..Usage::default() };
        self.books().usage.add(line, &usage);
    }

    fn books(&self) -> std::sync::MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The constant words of a key: short runs of capitals between `#`. Ids never look like that.
fn key_kind(partition: Option<&str>, sort: Option<&str>) -> String {
    let mut kind = String::new();
    for (part, separator) in [(partition, "#"), (sort, "/")] {
        for (at, word) in part.unwrap_or("").split('#').filter(|w| is_word(w)).enumerate() {
            if !kind.is_empty() {
                kind.push_str(if at == 0 { separator } else { "#" });
            }
            kind.push_str(word);
        }
    }
    kind
}

fn is_word(text: &str) -> bool {
    (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_kind_keeps_words_and_drops_ids() {
        assert_eq!(key_kind(Some("W#ws_01#L#lead_02"), Some("N#camp_03")), "W#L/N");
        assert_eq!(key_kind(Some("DUE#7"), Some("2026-01-02T03:04#x")), "DUE");
        assert_eq!(key_kind(Some("W#01#K#email#a@b.c"), None), "W#K");
        assert_eq!(key_kind(None, None), "");
    }
}
