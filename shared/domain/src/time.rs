//! Clocks, time zones, weekly hours, holidays and days off. Nothing here knows campaigns, and of leads only where they are.

pub mod calendar_month;
pub mod country_zone;
pub mod days_off;
pub mod delay;
pub mod holidays;
pub mod opening_hours;
pub mod time_zone;
pub mod wall_clock;
pub mod weekly_hours;
