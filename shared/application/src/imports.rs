//! Importing a file of leads: the check before, the commit, and how the file fits the workspace.

pub mod check;
pub mod chunks;
pub mod commit;
mod deleted_lead;
pub mod fit;
