//! Pauses the losing variants of a step when one is ahead, if a campaign asks for that. It happens once per
//! step and version, so that a user who resumes them has the last word.

use crate::ids::VariantId;
use crate::sequence::ab_test::{Finding, Tried, compare};
use crate::sequence::variant::Variant;
use crate::sequence::{MAX_PATCHES, Patch, Step, VersionRecord};
use jiff::Timestamp;

/// Whether any step of this version could still get a winner.
pub fn may_promote(record: &VersionRecord) -> bool {
    record.patches.len() < MAX_PATCHES && record.version.steps.iter().any(|step| is_open(record, step))
}

/// Pauses the losers of each step that has a winner, given each variant's results. Returns the winners with
/// their labels; empty if nothing changed.
pub fn promote(
    record: &mut VersionRecord,
    came_of: impl Fn(&Step, &Variant) -> Tried,
    now: Timestamp,
) -> Vec<(VariantId, String)> {
    if !may_promote(record) {
        return Vec::new();
    }
    let (mut leaders, mut before) = (Vec::new(), Vec::new());
    let mut steps = record.version.steps.clone();
    for step in steps.iter_mut().filter(|step| is_open(record, step)) {
        let tried: Vec<Tried> = step.kind.variants().iter().map(|variant| came_of(step, variant)).collect();
        let found = compare(&tried);
        let leader = found.leader.filter(|_| found.verdict == Finding::Ahead);
        let leader = leader.map(|at| &step.kind.variants()[at]).filter(|leader| !leader.paused);
        let Some(leader) = leader.map(|leader| leader.id.clone()) else { continue };
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
