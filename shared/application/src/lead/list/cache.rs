//! The lists that a process holds in memory, the least used of which go when they grow too large together.

use domain::WorkspaceId;
use futures::lock::Mutex as AsyncMutex;
use jiff::Timestamp;
use lead_columns::LeadColumns;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A workspace's leads, and how far the recorded changes are in them.
#[derive(Default)]
pub(super) struct Warm {
    pub(super) columns: LeadColumns,
    /// The number of the last recorded changes that are in the columns.
    pub(super) through: u64,
    /// Whether the next page may begin with this list.
    pub(super) is_kept: bool,
}

type Slot = Arc<AsyncMutex<Warm>>;

/// The lists in memory, one for all functions of a process.
pub struct LeadCache {
    most_bytes: usize,
    slots: Mutex<Slots>,
    /// The time up to which changes are recorded, if that is behind, and when it was asked for.
    as_of: Mutex<Option<(Timestamp, Option<Timestamp>)>>,
}

#[derive(Default)]
struct Slots {
    by_workspace: HashMap<WorkspaceId, Held>,
    uses: u64,
}

struct Held {
    slot: Slot,
    bytes: usize,
    last_use: u64,
}

impl LeadCache {
    /// Makes a cache of lists that hold about so many bytes together; the one in use is held in any case.
    pub fn of(most_bytes: usize) -> Self {
        Self { most_bytes, slots: Mutex::default(), as_of: Mutex::default() }
    }

    /// Returns what is known of how far changes are recorded, if it was asked for since then.
    pub(super) fn as_of(&self, since: Timestamp) -> Option<Option<Timestamp>> {
        let known = *self.as_of.lock().unwrap_or_else(PoisonError::into_inner);
        known.filter(|(asked, _)| *asked > since).map(|(_, as_of)| as_of)
    }

    pub(super) fn note_as_of(&self, asked: Timestamp, as_of: Option<Timestamp>) {
        *self.as_of.lock().unwrap_or_else(PoisonError::into_inner) = Some((asked, as_of));
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn slot(&self, workspace: &WorkspaceId) -> Slot {
        let mut slots = self.slots();
        slots.uses += 1;
        let last_use = slots.uses;
        let new = || Held { slot: Slot::default(), bytes: 0, last_use };
        let held = slots.by_workspace.entry(workspace.clone()).or_insert_with(new);
        held.last_use = last_use;
        held.slot.clone()
    }

    /// Notes how large a list has become, and lets others go until all fit.
    pub(super) fn note(&self, workspace: &WorkspaceId, bytes: usize) {
        let mut slots = self.slots();
        if let Some(held) = slots.by_workspace.get_mut(workspace) {
            held.bytes = bytes;
        }
        while slots.by_workspace.values().map(|held| held.bytes).sum::<usize>() > self.most_bytes {
            let others = slots.by_workspace.iter().filter(|(other, _)| *other != workspace);
            let oldest = others.min_by_key(|(_, held)| held.last_use).map(|(oldest, _)| oldest.clone());
            let Some(oldest) = oldest else { return };
            slots.by_workspace.remove(&oldest);
        }
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.slots().by_workspace.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    #[test]
    fn least_used_lists_go_when_all_do_not_fit() {
        let cache = LeadCache::of(100);
        let workspaces: Vec<WorkspaceId> = (1..=4).map(|number| WorkspaceId::new(Ulid(number))).collect();
        for workspace in &workspaces[..3] {
            let slot = cache.slot(workspace);
            slot.try_lock().unwrap().through = 7;
            cache.note(workspace, 30);
        }
        cache.slot(&workspaces[0]);
        cache.slot(&workspaces[3]);
        cache.note(&workspaces[3], 60);
        assert_eq!(cache.held(), 2, "the second and the third were not used since");
        assert_eq!(cache.slot(&workspaces[0]).try_lock().unwrap().through, 7);
        cache.note(&workspaces[0], 1_000);
        assert_eq!(cache.held(), 1, "the one in use stays, however large");
    }
}
