//! Meetings that leads book at a booking service.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MeetingNews {
    Booked,
    /// The meeting has another time.
    Moved,
    /// The meeting does not take place.
    CalledOff,
}
