//! Mutants: known bugs that stand in the code behind switches, so that the simulator can be tested.
//!
//! A switch reads `if mutant!("name") { wrong } else { right }`. Without the cargo feature `mutants` every
//! switch is the constant `false`, so the wrong branch is not part of a deployed program. With the feature,
//! [`switch_on`] turns one bug on for the whole process, and `cargo xtask mutants` asks of each whether the
//! simulator's judges notice it. The table of all switches is `infra/xtask/src/mutants/table.rs`.

#[cfg(feature = "mutants")]
use std::sync::OnceLock;

/// Whether the mutants are part of this build.
pub const BUILT_IN: bool = cfg!(feature = "mutants");

#[cfg(feature = "mutants")]
static ON: OnceLock<String> = OnceLock::new();

/// Turns one mutant on, once for the whole process. The switch has no effect in a build without mutants.
#[cfg_attr(not(feature = "mutants"), allow(unused_variables, reason = "there is nothing to turn on"))]
pub fn switch_on(name: &str) {
    #[cfg(feature = "mutants")]
    ON.get_or_init(|| name.to_owned());
}

/// Whether this mutant is the one that is on.
#[cfg(feature = "mutants")]
pub fn is_on(name: &str) -> bool {
    ON.get().is_some_and(|on| on == name)
}

/// Always false: this build has no mutants.
#[cfg(not(feature = "mutants"))]
#[inline]
pub const fn is_on(_name: &str) -> bool {
    false
}

/// Whether the mutant of this name is on: always false in a build without mutants.
#[macro_export]
macro_rules! mutant {
    ($name:literal) => {
        $crate::mutant::is_on($name)
    };
}
