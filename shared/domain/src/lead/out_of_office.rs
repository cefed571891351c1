//! What a lead's automatic answer says: that they are out of office, and until when.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// As their note has it, where it has a date.
    pub returns_on: Option<Date>,
    pub noted_at: Timestamp,
}
