//! Troubles that whole lives are made for, one or two each, in the latest seeds.

use crate::chance::Chance;
use crate::plan::{Plan, Scenario};
use crate::trouble::blocked_senders;
use crate::trouble::brown_outs;
use crate::trouble::concurrent_requests;
use crate::trouble::deploys;
use crate::trouble::kind::Kind;
use crate::trouble::late_deliveries;
use crate::trouble::late_reports;
use crate::trouble::late_writes;
use crate::world::installation::Installation;
use jiff::SignedDuration;

/// Here alone.
pub const KINDS: [Kind; 9] = [
    Kind::AccountBlocked,
    Kind::RecipientBlocks,
    Kind::LandsLate,
    Kind::HeardLate,
    Kind::BrownOut,
    Kind::WriteLands,
    Kind::RequestsMeet,
    Kind::RequestFails,
    Kind::Deployed,
];

const TROUBLES: [Scenario; 7] = [
    blocked_senders::blocked_senders,
    late_deliveries::taken_late,
    late_reports::heard_after_the_deadline,
    brown_outs::brown_outs,
    late_writes::writes_land_late,
    concurrent_requests::requests_at_once,
    deploys::deployed,
];

/// What befalls a life when its plan says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The provider takes nothing of ours for so many minutes; for good, if none are named.
    Blocks(&'static str, Option<i64>),
}

/// Adds one trouble, in turn, and a second one to every third life.
pub fn put(plan: &mut Plan, chance: &mut Chance) {
    let first = plan.seed.generation(TROUBLES.len());
    TROUBLES[first](plan, chance);
    if chance.per_mille(350) {
        let other = first + 1 + chance.below(TROUBLES.len() - 1);
        TROUBLES[other % TROUBLES.len()](plan, chance);
    }
}

pub fn strike_by_plan(world: &Installation, trouble: Trouble) {
    match trouble {
        Trouble::Blocks(provider, minutes) => {
            let end = minutes.map(|minutes| world.disorder.now() + SignedDuration::from_mins(minutes));
            world.blocking.block(&world.disorder, provider, end);
        }
    }
}
