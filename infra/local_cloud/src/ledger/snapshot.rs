//! The ledger at one moment, and sums over it.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use super::Line;
use crate::wire::Service;

/// Sums over calls.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    pub calls: u64,
    /// Billable requests: calls, or 64 KB units for SQS and events.
    pub requests: u64,
    /// Write request units (1 KB steps, doubled in transactions).
    pub write_units: f64,
    /// Read request units (4 KB steps, half when eventually consistent).
    pub read_units: f64,
    pub failed_conditions: u64,
    pub bytes: u64,
}

impl AddAssign<&Usage> for Usage {
    fn add_assign(&mut self, other: &Usage) {
        self.calls += other.calls;
        self.requests += other.requests;
        self.write_units += other.write_units;
        self.read_units += other.read_units;
        self.failed_conditions += other.failed_conditions;
        self.bytes += other.bytes;
    }
}

/// Usage by line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot(BTreeMap<Line, Usage>);

impl Snapshot {
    pub fn lines(&self) -> impl Iterator<Item = (&Line, &Usage)> {
        self.0.iter()
    }

    /// The lines that `keep` accepts.
    pub fn only(&self, keep: impl Fn(&Line) -> bool) -> Self {
        let kept = self.0.iter().filter(|(line, _)| keep(line));
        Self(kept.map(|(line, usage)| (line.clone(), *usage)).collect())
    }

    /// The sum of all lines that `keep` accepts.
    pub fn sum(&self, keep: impl Fn(&Line) -> bool) -> Usage {
        let mut sum = Usage::default();
        self.0.iter().filter(|(line, _)| keep(line)).for_each(|(_, usage)| sum += usage);
        sum
    }

    pub fn total(&self) -> Usage {
        self.sum(|_| true)
    }

    pub fn write_units(&self) -> f64 {
        self.total().write_units
    }

    pub fn read_units(&self) -> f64 {
        self.total().read_units
    }

    pub fn of_service(&self, service: Service) -> Usage {
        self.sum(|line| line.service == service)
    }

    pub fn by_principal(&self) -> BTreeMap<String, Usage> {
        self.by(|line| line.principal.to_string())
    }

    pub fn by_purpose(&self) -> BTreeMap<String, Usage> {
        self.by(|line| line.purpose.to_string())
    }

    pub fn by_keys(&self) -> BTreeMap<String, Usage> {
        self.by(|line| line.keys.clone())
    }

    /// Sums by any label computed from a line.
    pub fn by(&self, label: impl Fn(&Line) -> String) -> BTreeMap<String, Usage> {
        let mut sums: BTreeMap<String, Usage> = BTreeMap::new();
        for (line, usage) in &self.0 {
            *sums.entry(label(line)).or_default() += usage;
        }
        sums
    }

    pub(super) fn add(&mut self, line: Line, usage: &Usage) {
        *self.0.entry(line).or_default() += usage;
    }

    pub(super) fn minus(&self, earlier: &Self) -> Self {
        let later = self.0.iter().filter_map(|(line, now)| {
            let mut rest = *now;
            if let Some(then) = earlier.0.get(line) {
                rest.calls -= then.calls;
                rest.requests -= then.requests;
                rest.write_units -= then.write_units;
                rest.read_units -= then.read_units;
                rest.failed_conditions -= then.failed_conditions;
                rest.bytes -= then.bytes;
            }
            (rest.calls > 0 || rest.write_units > 0.0 || rest.read_units > 0.0).then(|| (line.clone(), rest))
        });
        Self(later.collect())
    }
}
