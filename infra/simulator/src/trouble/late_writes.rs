//! Writes that reach the table seconds after their caller has heard that the connection broke, or was killed: others
//! have written meanwhile.

use crate::trouble::disorder::Disorder;
use crate::trouble::kind::Kind;
use jiff::{SignedDuration, Timestamp};
use local_cloud::{Call, Fault, LocalCloud, Service};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const WRITES: [&str; 5] = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"];

/// Clones are the same.
#[derive(Clone, Default)]
pub struct LateWrites(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// When each comes, in the order in which they left: none overtakes another.
    come: VecDeque<Timestamp>,
    /// The function that made the last call dies of it; else it asks once more at once, as the SDK does.
    kills: bool,
}

impl LateWrites {
    pub fn fault(&self, disorder: &Disorder, call: &Call<'_>) -> Option<Fault> {
        let told = || format!("{} {}", call.principal, call.operation);
        if !is_write(call) || !disorder.strikes(Kind::WriteLands, told) {
            return None;
        }
        let at = disorder.now() + SignedDuration::from_secs(disorder.draw(Kind::WriteLands, 1, 20));
        let mut state = self.state();
        let at = state.come.back().map_or(at, |last| at.max(*last));
        state.come.push_back(at);
        state.kills = disorder.draw(Kind::WriteLands, 0, 1) == 0;
        Some(Fault::DoneLater)
    }

    /// The write that has just left kills whoever made it.
    pub fn kills(&self) -> bool {
        std::mem::take(&mut self.state().kills)
    }

    pub fn next(&self) -> Option<Timestamp> {
        self.state().come.front().copied()
    }

    /// The next comes to the table, if its time has come.
    pub fn land(&self, cloud: &LocalCloud, now: Timestamp) -> bool {
        if self.next().is_none_or(|at| at > now) {
            return false;
        }
        self.state().come.pop_front();
        cloud.run_deferred_call()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a call writes to the table.
pub fn is_write(call: &Call<'_>) -> bool {
    call.service == Service::DynamoDb && WRITES.contains(&call.operation)
}
