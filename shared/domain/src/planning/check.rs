//! One check of a decision: the rule, whether it passed, and the value it looked at.

use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    pub rule: &'static str,
    pub passed: bool,
    /// The value that was looked at, for a person to read.
    pub seen: String,
}
