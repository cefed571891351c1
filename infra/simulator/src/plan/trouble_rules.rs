//! Draws the kinds of trouble that are on in a life, and how often each may strike.

use crate::chance::Chance;
use crate::plan::{full_days, mailboxes, races, stale_reads, troubles};
use crate::profile::{Profile, Seed};
use crate::trouble::kind::{Kind, Rule};

/// Kinds that are at their worst together.
const STORMS: [&[Kind]; 9] = [
    &[Kind::SendOverlaps, Kind::HeldAtClaim, Kind::KilledWithClaim, Kind::ClockFarOff],
    &[
        Kind::SendOverlaps,
        Kind::HeldAtClaim,
        Kind::KilledWithClaim,
        Kind::ClockFarOff,
        Kind::KilledAtProvider,
    ],
    &[Kind::SendOverlaps, Kind::KilledAtProvider, Kind::RolledOutMeanwhile, Kind::RolloutLate, Kind::Frozen],
    &[Kind::HeldAtClaim, Kind::StoppedAtClaim, Kind::StoppedInCall, Kind::KilledAtProvider],
    &[Kind::ProviderAnswerLost, Kind::ProviderSilent, Kind::KilledAtProvider, Kind::WebhookLate],
    &[Kind::KilledAtQueue, Kind::MessageDropped, Kind::MessageLate, Kind::AnswerLost, Kind::ProviderBusy],
    &[Kind::StreamReplayed, Kind::StreamSplit, Kind::StreamDropped, Kind::Conflict, Kind::AnswerLost],
    &[Kind::RolledOutAtTask, Kind::RolledOutMeanwhile, Kind::Frozen, Kind::Killed, Kind::RolloutLate],
    &[Kind::RequestKilled, Kind::WebhookTwice, Kind::WebhookEarly, Kind::MessageAgain, Kind::Killed],
];

/// Between a slot and what goes out in it.
pub const HOLDING_UP: [Kind; 13] = [
    Kind::Frozen,
    Kind::HeldAtClaim,
    Kind::HeldAtOneOff,
    Kind::HeldAtWrite,
    Kind::SendOverlaps,
    Kind::OneOffOverlaps,
    Kind::MessageOverlaps,
    Kind::ProviderSlow,
    Kind::ProviderSilent,
    Kind::ProviderAnswerLost,
    Kind::StoppedInCall,
    Kind::WebhookEarly,
    Kind::TimedOut,
];

/// Kinds that are drawn by themselves, in every profile.
const APART: [Kind; 2] = [Kind::TimedOut, Kind::TransactionThrottled];
/// Kinds that are drawn from the profile `two_tenants` on.
const LATER: [Kind; 3] = [Kind::HeldAtOneOff, Kind::PoisonAgain, Kind::WriteConflict];
const SHARDS: Rule = Rule { kind: Kind::ShardSplit, most: 2, times: 1 };
const TIGHTENED: Rule = Rule { kind: Kind::LimitsTightened, most: 2, times: 1 };

pub fn rules(seed: Seed, chance: &mut Chance) -> Vec<Rule> {
    let mut kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| kind.per_mille() > 0).collect();
    // Where clocks are minutes off nobody can keep to limits, and they are not judged.
    kinds.retain(|kind| *kind != Kind::ClockFarOff || u64::from(seed).is_multiple_of(3));
    let elsewhere = [
        &APART[..],
        &LATER,
        &full_days::KINDS,
        &mailboxes::KINDS,
        &races::KINDS,
        &stale_reads::KINDS,
        &troubles::KINDS,
        &[SHARDS.kind, TIGHTENED.kind],
    ]
    .concat();
    kinds.retain(|kind| !elsewhere.contains(kind));
    chance.shuffle(&mut kinds);
    // Now and then, everything at once.
    if !chance.per_mille(300) {
        kinds.truncate(2 + chance.below(12));
    }
    let rule = |kind| Rule { kind, most: 1 + chance.below(6) as u32, times: 1 };
    let mut apart = Chance::of(seed, "apart");
    kinds.extend(APART.iter().filter(|_| apart.per_mille(250)));
    let mut rules: Vec<Rule> = kinds.into_iter().map(rule).collect();
    rules.extend(apart.per_mille(250).then_some(SHARDS));
    // And mostly, one thing again and again.
    if let Some(storm) = STORMS.get(seed.generation(STORMS.len() + 1)) {
        rules.retain(|rule| !storm.contains(&rule.kind));
        rules.extend(storm.iter().map(|kind| Rule { kind: *kind, most: 40, times: 4 }));
    }
    let mut chance = Chance::of(seed, "later kinds");
    let later = LATER.iter().filter(|_| seed.profile >= Profile::TwoTenants && chance.per_mille(500));
    rules.extend(later.map(|kind| Rule { kind: *kind, most: 3, times: 1 }));
    rules.extend(Chance::since(Profile::SettingsChanges, seed, "tightened", 400).map(|_| TIGHTENED));
    rules
}
