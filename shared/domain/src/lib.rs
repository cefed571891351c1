//! What things are and which moves are legal. No I/O, no async, no clock, no randomness, no AWS, no HTTP.

pub mod bounce;
pub mod breaker;
pub mod calendar;
pub mod campaign;
pub mod condition;
pub mod connection;
pub mod conversation;
pub mod country;
pub mod country_zone;
pub mod days_off;
pub mod delay;
mod draw;
pub mod email_address;
pub mod engagement;
pub mod enrichment;
pub mod enrolling;
pub mod enrolment;
pub mod event;
pub mod flight_plan;
pub mod folding;
pub mod holidays;
pub mod hours;
pub mod ids;
pub mod import;
pub mod lead;
pub mod mail;
pub mod mail_body;
pub mod merge_fields;
pub mod message;
pub mod money;
pub mod mrr;
pub mod notification;
pub mod opening;
pub mod pace;
pub mod personal_line;
pub mod phone_number;
pub mod planner;
pub mod preview;
pub mod reach;
pub mod render;
pub mod reply;
pub mod response_time;
pub mod revenue;
pub mod rollout;
pub mod score;
pub mod sequence;
pub mod sequence_check;
pub mod sequence_diff;
pub mod simulation;
pub mod sms;
pub mod spread;
pub mod step_kind;
pub mod suppression;
pub mod task;
pub mod template;
pub mod time_zone;
pub mod user;
pub mod verdict;
pub mod wall_clock;
pub mod window;
pub mod workspace;

pub use ids::*;

#[cfg(test)]
#[path = "tests/robust.rs"]
mod robust;
