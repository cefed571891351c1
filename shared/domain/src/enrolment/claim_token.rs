//! The token that tells one claim of an enrolment from every other.

use serde::{Deserialize, Serialize};

/// The name of a claim: the attempt it was made for, and who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClaimToken {
    /// The revision of the enrolment that the attempt was planned at. The message row of the attempt names the same one.
    pub attempt: u64,
    /// A number that each claiming function draws: it tells apart two functions that plan at the same
    /// revision.
    pub holder: String,
}

impl ClaimToken {
    pub fn new(attempt: u64, holder: impl Into<String>) -> Self {
        Self { attempt, holder: holder.into() }
    }
}
