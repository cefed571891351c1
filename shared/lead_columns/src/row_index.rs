//! The row of each lead, by its id. It holds rows alone, four bytes a lead; the ids are in their column.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

#[derive(Default)]
pub(crate) struct RowIndex {
    rows: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl RowIndex {
    /// The number of leads that have a row.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn get(&self, ids: &[u128], id: u128) -> Option<u32> {
        self.rows.find(self.hasher.hash_one(id), |row| ids[*row as usize] == id).copied()
    }

    /// Adds the row of an id that has none.
    pub(crate) fn insert(&mut self, ids: &[u128], row: u32) {
        let Self { rows, hasher } = self;
        let hash = |row: &u32| hasher.hash_one(ids[*row as usize]);
        rows.insert_unique(hash(&row), row, hash);
    }

    /// Makes room for so many rows in all.
    pub(crate) fn reserve(&mut self, ids: &[u128], rows: usize) {
        let Self { rows: known, hasher } = self;
        known.reserve(rows.saturating_sub(known.len()), |row| hasher.hash_one(ids[*row as usize]));
    }

    pub(crate) fn shrink(&mut self, ids: &[u128]) {
        let Self { rows, hasher } = self;
        rows.shrink_to_fit(|row| hasher.hash_one(ids[*row as usize]));
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.rows.allocation_size()
    }
}
