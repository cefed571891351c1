//! Runs of columns: no provider is asked twice, no cap is passed, and nothing is left undone, whatever breaks off.

#![cfg(test)]

mod ai_use;
mod broken_off;
mod callbacks;
mod caps;
mod cells;
mod kinds;
mod runs;
mod scene;
mod side_by_side;
