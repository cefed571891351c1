//! Whatever is read eventually consistently is, in the latest seeds, often as it was seconds ago: an index, and what functions read
//! of the table itself at half the price.

use crate::chance::Chance;
use crate::plan::Plan;
use crate::plan::races::often;
use crate::trouble::kind::Kind;

/// Drawn here alone.
pub const KINDS: [Kind; 1] = [Kind::StaleTable];

/// Mostly as things were; now and then one read in ten is.
pub fn read_stale(plan: &mut Plan, chance: &mut Chance) {
    let times = if chance.per_mille(700) { 6 } else { 1 };
    often(plan, 50, &[(Kind::StaleIndex, times), (Kind::StaleTable, times)]);
}
