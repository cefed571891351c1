//! Keys of the runs of schedules, all in one partition.

use super::{Partition, System, SystemKey, system};

pub(crate) fn partition() -> Partition<System> {
    system("SCHEDULES".to_owned())
}

pub(crate) fn runs(name: &str) -> SystemKey {
    partition().at(name)
}

/// The key of the last run of the due tick that has come through the stream.
pub(crate) fn recorded_tick() -> SystemKey {
    partition().at("recorded_tick")
}
