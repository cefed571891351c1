//! The whole product simulated from a seed, in one thread: what runs next is chosen, what goes wrong is chosen, and an
//! oracle that shares no rule with the product judges every step.

mod actions;
mod chance;
mod crash_points;
mod many;
mod minimise;
mod oracle;
mod plan;
mod profile;
mod regressions;
mod simulation;
#[cfg(test)]
mod tests;
mod trouble;
mod world;

pub use crash_points::{Breaks, CrashPoints, crash_points};
pub use many::{Many, in_turn, live_many};
pub use minimise::{Smallest, minimise};
pub use plan::Plan;
pub use profile::{Profile, Seed};
pub use regressions::regressions;
pub use simulation::{Lived, live};
pub use trouble::kind::{Kind, Rule};
pub use world::watching::watch;
