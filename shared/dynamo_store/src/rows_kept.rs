//! The number of rows of a list that were held at once, at most, since it was last asked for. Tests and measurements
//! bound it.

use std::cell::Cell;

thread_local! {
    static MOST: Cell<usize> = const { Cell::new(0) };
}

pub(crate) fn note(rows: usize) {
    MOST.set(MOST.get().max(rows));
}

/// Returns the most since the last call, in this thread.
pub fn take_most_rows_kept() -> usize {
    MOST.take()
}
