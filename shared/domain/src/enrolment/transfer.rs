//! The move of an enrolment to another version of its sequence.

use crate::ids::RolloutId;
use serde::{Deserialize, Serialize};

/// The rollout that concerns an enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    pub rollout: RolloutId,
    /// The version that it moves to.
    pub to: u32,
    /// False until the enrolment has moved, which happens when the present step is over.
    pub done: bool,
}
