//! The profile `stale_reads`: eventually consistent reads often lag by seconds, of the index and of the table itself.

use crate::chance::Chance;
use crate::plan::Plan;
use crate::plan::races::often;
use crate::trouble::kind::Kind;

/// Kinds that are drawn in this profile alone.
pub const KINDS: [Kind; 1] = [Kind::StaleTable];

/// Mostly as things were; now and then one read in ten is.
pub fn read_stale(plan: &mut Plan, chance: &mut Chance) {
    let times = if chance.per_mille(700) { 6 } else { 1 };
    often(plan, 50, &[(Kind::StaleIndex, times), (Kind::StaleTable, times)]);
}
