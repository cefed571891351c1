//! Pauses the losing variants of a step when one is ahead, if a campaign asks for that. It happens once per
//! step and version, so that a user who resumes them has the last word.

use crate::ids::VariantId;
use crate::sequence::ab_look::AbTests;
use crate::sequence::ab_test::Finding;
use crate::sequence::variant::Variant;
use crate::sequence::{MAX_PATCHES, Patch, Step, VersionRecord};
use jiff::Timestamp;

/// Whether any step of this version could still get a winner.
pub fn may_promote(record: &VersionRecord) -> bool {
    record.patches.len() < MAX_PATCHES && record.version.steps.iter().any(|step| is_open(record, step))
}

/// Pauses the losers of each step in which the look has shown a winner. Returns the winners with their labels; empty if
/// nothing changed.
pub fn promote(record: &mut VersionRecord, tests: &AbTests, now: Timestamp) -> Vec<(VariantId, String)> {
    if !may_promote(record) {
        return Vec::new();
    }
    let (mut leaders, mut before) = (Vec::new(), Vec::new());
    let mut steps = record.version.steps.clone();
    for step in steps.iter_mut().filter(|step| is_open(record, step)) {
        let look = tests.look_of(step).filter(|look| look.finding == Finding::Ahead);
        let Some(leader) = look.and_then(|look| look.leader.clone()) else { continue };
        let runs = |variant: &Variant| variant.id == leader && !variant.paused;
        if !step.kind.variants().iter().any(runs) {
            continue;
        }
        before.push(step.clone());
        leaders.push((leader.clone(), step.kind.label_of(&leader)));
        for variant in step.kind.variants_mut() {
            variant.paused = variant.id != leader;
        }
    }
    if !leaders.is_empty() {
        record.promoted.extend(before.iter().map(|step| step.id.clone()));
        record.patches.push(Patch { at: now, by: None, before });
        record.version.steps = steps;
    }
    leaders
}

/// Whether at least two variants run and no winner was found yet.
fn is_open(record: &VersionRecord, step: &Step) -> bool {
    let running = step.kind.variants().iter().filter(|variant| !variant.paused);
    running.count() >= 2 && !record.promoted.contains(&step.id)
}

#[cfg(test)]
mod tests;
