//! How many rows of a list were held at once, at most, since somebody looked: for tests and measurements, which bound it.

use std::cell::Cell;

thread_local! {
    static MOST: Cell<usize> = const { Cell::new(0) };
}

pub(crate) fn note(rows: usize) {
    MOST.set(MOST.get().max(rows));
}

/// The most since the last call, in this thread.
pub fn take_most_rows_kept() -> usize {
    MOST.take()
}
