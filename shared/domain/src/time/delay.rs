//! The delay of a step after the one before it.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Delay {
    pub amount: u32,
    pub unit: DelayUnit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DelayUnit {
    Minutes,
    Hours,
    /// Calendar days in the lead's zone: daylight saving does not shift the hour.
    Days,
    /// Days on which the window allows sending, without days off.
    WorkingDays,
}

pub const MAX_DELAY_DAYS: u32 = 365;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a delay is at most {MAX_DELAY_DAYS} days")]
pub struct DelayTooLong;

impl Delay {
    pub const NONE: Self = Self { amount: 0, unit: DelayUnit::Minutes };

    pub fn validate(self) -> Result<(), DelayTooLong> {
        let per_day = match self.unit {
            DelayUnit::Minutes => 24 * 60,
            DelayUnit::Hours => 24,
            DelayUnit::Days | DelayUnit::WorkingDays => 1,
        };
        if self.amount > MAX_DELAY_DAYS * per_day { Err(DelayTooLong) } else { Ok(()) }
    }
}
