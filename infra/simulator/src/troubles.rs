//! Troubles that whole lives are made for, one or two each, in the latest seeds.

use crate::at_once;
use crate::blocking;
use crate::brown_outs;
use crate::chance::Chance;
use crate::deploys;
use crate::installation::Installation;
use crate::kind::Kind;
use crate::landing;
use crate::late_writes;
use crate::plan::{Plan, Turn};
use crate::silence;
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

const TROUBLES: [Turn; 7] = [
    blocking::blocked_senders,
    landing::taken_late,
    silence::heard_after_the_deadline,
    brown_outs::brown_outs,
    late_writes::writes_land_late,
    at_once::requests_at_once,
    deploys::deployed,
];

/// What befalls a life when its plan says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// For so many minutes this provider takes nothing of ours; for good, if none are named.
    Blocks(&'static str, Option<i64>),
}

/// Of these one seed has one, the next seed the next; one in three has a second.
pub fn put(plan: &mut Plan, chance: &mut Chance) {
    let first = plan.seed.generation(TROUBLES.len());
    TROUBLES[first](plan, chance);
    if chance.per_mille(350) {
        let other = first + 1 + chance.below(TROUBLES.len() - 1);
        TROUBLES[other % TROUBLES.len()](plan, chance);
    }
}

pub fn befall(world: &Installation, trouble: Trouble) {
    match trouble {
        Trouble::Blocks(provider, minutes) => {
            let end = minutes.map(|minutes| world.disorder.now() + SignedDuration::from_mins(minutes));
            world.blocking.block(&world.disorder, provider, end);
        }
    }
}
