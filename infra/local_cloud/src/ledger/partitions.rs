//! The load of each partition key: totals, and the busiest second.

use std::collections::HashMap;

use jiff::Timestamp;

/// The number of keys that are remembered; beyond it the least used are forgotten, so that a long-lived
/// server stays small.
const KEPT: usize = 200_000;

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PartitionUse {
    pub write_units: f64,
    pub read_units: f64,
    pub peak_write_units_per_second: f64,
    second: i64,
    in_second: f64,
}

#[derive(Default)]
pub(super) struct Partitions(HashMap<String, PartitionUse>);

impl Partitions {
    pub(super) fn add(&mut self, key: &str, now: Timestamp, write_units: f64, read_units: f64) {
        if !self.0.contains_key(key) {
            if self.0.len() >= KEPT {
                self.0.retain(|_, used| used.peak_write_units_per_second > 10.0);
            }
            self.0.insert(key.to_owned(), PartitionUse::default());
        }
        if let Some(used) = self.0.get_mut(key) {
            let second = now.as_second();
            if used.second != second {
                used.second = second;
                used.in_second = 0.0;
            }
            used.in_second += write_units;
            used.write_units += write_units;
            used.read_units += read_units;
            used.peak_write_units_per_second = used.peak_write_units_per_second.max(used.in_second);
        }
    }

    pub(super) fn by_peak(&self) -> Vec<(String, PartitionUse)> {
        let mut all: Vec<_> = self.0.iter().map(|(key, used)| (key.clone(), *used)).collect();
        all.sort_by(|(a, x), (b, y)| {
            y.peak_write_units_per_second.total_cmp(&x.peak_write_units_per_second).then(a.cmp(b))
        });
        all
    }
}
