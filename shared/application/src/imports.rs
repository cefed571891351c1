//! Importing a file: what it would do, what it did, and how it fits the workspace.

pub mod check;
pub mod commit;
pub mod fit;
