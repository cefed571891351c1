//! The lists that a process holds in memory. Where they grow too large together, of two others the one goes that was unused
//! longer. If the one that was unused longest of all went, lists that are read in turn would never be found again as soon as
//! one of them does not fit.

use crate::ports::change_log::{ChangesSince, RecordedChanges};
use domain::WorkspaceId;
use futures::lock::Mutex as AsyncMutex;
use jiff::Timestamp;
use lead_columns::LeadColumns;
use std::collections::BTreeMap;
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

impl Warm {
    /// Takes in what was recorded since. False if something in between is missing, or cannot be read.
    pub(super) fn take_in(&mut self, since: &ChangesSince) -> bool {
        let folded = since.head.as_ref().map_or(0, |head| head.folded);
        for change in &since.changes {
            // Those that have expired leave a gap.
            if change.number != self.through + 1 || !take(&mut self.columns, change) {
                return false;
            }
            self.through = change.number;
        }
        self.through >= folded
    }
}

/// Takes in the changes under one number. False if they cannot be read.
pub(super) fn take(columns: &mut LeadColumns, change: &RecordedChanges) -> bool {
    !change.is_emptied && (change.leads.is_empty() || columns.take_in(&change.leads).is_ok())
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
    by_workspace: BTreeMap<WorkspaceId, Held>,
    uses: u64,
    random: u64,
}

impl Slots {
    /// Returns the one of two other workspaces whose list was unused longer; none if there is no other.
    fn other_to_go(&mut self, workspace: &WorkspaceId) -> Option<WorkspaceId> {
        // The steps of Knuth's generator, of which the upper bits are the random ones.
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let random = (self.random >> 33) as usize;
        let mut others: Vec<_> = self.by_workspace.iter().filter(|(other, _)| *other != workspace).collect();
        let first = others.swap_remove(random.checked_rem(others.len())?);
        let second = random.checked_rem(others.len()).map(|place| others[place]);
        let two = [Some(first), second].into_iter().flatten();
        two.min_by_key(|(_, held)| held.last_use).map(|(other, _)| other.clone())
    }
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
            let Some(other) = slots.other_to_go(workspace) else { return };
            slots.by_workspace.remove(&other);
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

    #[test]
    fn lists_that_are_read_in_turn_are_found_often_although_not_all_fit() {
        const FITTING: [(usize, usize); 3] = [(19, 80), (15, 30), (10, 4)];
        let workspaces: Vec<WorkspaceId> = (1..=20).map(|number| WorkspaceId::new(Ulid(number))).collect();
        for (fit, least_percent) in FITTING {
            let cache = LeadCache::of(fit);
            let mut found = 0;
            let reads = workspaces.iter().cycle().take(workspaces.len() * 50);
            for workspace in reads {
                let slot = cache.slot(workspace);
                found += std::mem::replace(&mut slot.try_lock().unwrap().through, 1);
                cache.note(workspace, 1);
            }
            assert!(found * 100 >= 1_000 * least_percent as u64, "{fit} of 20 fit: {found} of 1,000 found");
        }
    }

    fn since(numbers: &[u64]) -> ChangesSince {
        let change = |number: &u64| RecordedChanges {
            workspace: WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["northquay"]),
            number: *number,
            leads: Vec::new(),
            log: Vec::new(),
            bytes_through: 0,
            removes: false,
            is_emptied: false,
            at: Timestamp::UNIX_EPOCH,
        };
        ChangesSince { head: None, changes: numbers.iter().map(change).collect() }
    }

    #[test]
    fn list_is_loaded_anew_where_changes_in_between_are_missing() {
        let mut warm = Warm { through: 3, is_kept: true, ..Warm::default() };
        assert!(warm.take_in(&since(&[])));
        assert!(warm.take_in(&since(&[4, 5])) && warm.through == 5);
        assert!(!warm.take_in(&since(&[7])), "the one after its last is deleted");
        let mut warm = Warm { through: 3, is_kept: true, ..Warm::default() };
        assert!(!warm.take_in(&since(&[4, 5, 9])), "those in between have expired");
        let mut warm = Warm { through: 3, is_kept: true, ..Warm::default() };
        let mut emptied = since(&[4, 5]);
        emptied.changes[1].is_emptied = true;
        assert!(!warm.take_in(&emptied), "what it said of leads is in the blocks alone");
    }
}
