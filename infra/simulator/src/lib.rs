//! The whole product simulated from a seed, in one thread: what runs next is chosen, what goes wrong is chosen, and an
//! oracle that shares no rule with the product judges every step.

mod addresses;
mod agenda;
mod at_once;
mod attempts;
mod blocking;
mod brown_outs;
mod chance;
mod closings;
mod colleagues;
mod crash_points;
mod deeds;
mod deploys;
mod desk;
mod disorder;
mod editions;
mod function_clock;
mod holidays;
mod installation;
mod kind;
mod landing;
mod late_writes;
mod lateness;
mod lifts;
mod losses;
mod mailboxes;
mod many;
mod meddling;
mod meter;
mod minimise;
mod neighbours;
mod numbers;
mod occasions;
mod oracle;
mod outside;
mod places;
mod plan;
mod postman;
mod pressure;
mod reader;
mod regressions;
mod roster;
mod rules;
mod run;
mod scheduler;
mod seam;
mod seldom;
mod settings;
mod silence;
mod simulation;
mod stale;
mod steps;
#[cfg(test)]
mod tests;
mod trace;
mod troubles;
mod user;
mod watching;

pub use crash_points::{Breaks, CrashPoints, crash_points};
pub use kind::{Kind, Rule};
pub use many::{Many, in_turn, live_many};
/// From which seed on each life is made for two things at one moment.
pub use meddling::FROM as MEDDLED;
pub use minimise::{Smallest, minimise};
pub use plan::Plan;
/// From which seed on lives are under pressure.
pub use pressure::FROM as UNDER_PRESSURE;
pub use regressions::regressions;
/// From which seed on each life is made for a row of things.
pub use seldom::FROM as SELDOM;
pub use simulation::{Lived, live};
/// From which seed on reads are often behind what was written.
pub use stale::FROM as STALE;
/// From which seed on each life is made for one or two troubles.
pub use troubles::FROM as TROUBLED;
pub use watching::watch;
