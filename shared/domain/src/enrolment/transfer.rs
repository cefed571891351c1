//! An enrolment's way to another version of its sequence.

use crate::ids::RolloutId;
use serde::{Deserialize, Serialize};

/// Of an enrolment: the rollout that concerns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    pub rollout: RolloutId,
    /// The version that it goes to.
    pub to: u32,
    /// Until then it goes there once the present step is over.
    pub done: bool,
}
