//! An out-of-office reply of a lead, and until when it says they are away.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The return date that the reply states, if it states one.
    pub returns_on: Option<Date>,
    pub noted_at: Timestamp,
}
