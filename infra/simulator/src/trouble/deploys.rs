//! Deployments while functions are at work: whoever is, dies at any of their calls, and all begin anew and remember nothing.

use crate::chance::Chance;
use crate::plan::Plan;
use crate::plan::races::often;
use crate::trouble::kind::Kind;

/// Deployments come while some functions stand still.
pub fn deployed(plan: &mut Plan, chance: &mut Chance) {
    let most = 4 + chance.below(16) as u32;
    often(plan, most, &[(Kind::Deployed, 1)]);
    often(plan, 30, &[(Kind::Frozen, 4), (Kind::HeldAtClaim, 2)]);
}
