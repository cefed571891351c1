//! A rollout gives a version of a sequence to its campaigns and to enrolments that are under way on another version.
//!
//! The user chooses whether enrolments stay on their version, move after their present step, or move at once. The
//! mapping says at which step of the new version each of them continues. An enrolment whose present step is being
//! worked on (sent, open as a task, or uncertain) is not moved from under it: it gets a pending transfer and moves
//! when the step is over.

use crate::ids::{CampaignId, RolloutId, SequenceId, StepId, UserId, WorkspaceId};
use crate::sequence::{SequenceVersion, Step};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq)]
pub struct Rollout {
    pub id: RolloutId,
    pub workspace: WorkspaceId,
    pub sequence: SequenceId,
    pub version: u32,
    pub people: People,
    pub mapping: StepMapping,
    /// Campaigns that enrol new leads with this version from now on.
    pub campaigns: Vec<CampaignId>,
    /// Enrolments that were under way on other versions when the rollout was ordered.
    pub under_way: u64,
    pub by: UserId,
    pub ordered_at: Timestamp,
    /// When every enrolment had been looked at.
    pub finished_at: Option<Timestamp>,
    pub rev: u64,
}

/// The handling of active enrolments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum People {
    /// They finish on the version they are on.
    Keep,
    /// They finish the present step as it was, and continue on the new version.
    NextStep,
    /// They continue on the new version from where they stand.
    Now,
}

/// The step of the newer version at which enrolments continue, for each step of the older one at which they may stand. A step
/// that is not named is mapped to itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct StepMapping(pub BTreeMap<StepId, StepTarget>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepTarget {
    Step(StepId),
    /// The enrolment ends.
    Exit,
}

/// The place where an enrolment continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    At(StepId),
    Exit,
    /// No step comes after: the enrolment is finished.
    Done,
    /// The step is gone and the mapping does not name it: the enrolment stays on its version.
    Nowhere,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingFault {
    pub step: StepId,
    pub reason: &'static str,
}

/// The rollout that an enrolment with a pending transfer continues with.
#[derive(Debug, Clone, PartialEq)]
pub struct Onward {
    pub rollout: RolloutId,
    pub version: SequenceVersion,
    pub mapping: StepMapping,
}

impl StepMapping {
    /// The faults of the mapping. `gone` are the steps that enrolments may stand at and `to` lacks; each needs a target.
    pub fn faults(&self, gone: &BTreeSet<StepId>, to: &SequenceVersion) -> Vec<MappingFault> {
        let fault = |step: &StepId, reason| MappingFault { step: step.clone(), reason };
        let unnamed = gone.iter().filter(|step| !self.0.contains_key(*step));
        let mut faults: Vec<_> = unnamed
            .map(|step| fault(step, "is removed: choose the step where its leads continue, or the exit"))
            .collect();
        for (step, target) in &self.0 {
            if matches!(target, StepTarget::Step(target) if to.step(target).is_none()) {
                faults.push(fault(step, "is mapped to a step that this version does not have"));
            }
        }
        faults
    }

    /// The place in `to` for an enrolment that stands at `step` with nothing of it done.
    pub fn place(&self, step: &StepId, to: &SequenceVersion) -> Destination {
        match self.0.get(step) {
            Some(StepTarget::Exit) => Destination::Exit,
            Some(StepTarget::Step(target)) if to.step(target).is_some() => Destination::At(target.clone()),
            _ if to.step(step).is_some() => Destination::At(step.clone()),
            _ => Destination::Nowhere,
        }
    }

    /// The place in `to` for an enrolment that completed `left` on version `from`; `next` is where `from` would lead.
    pub fn destination_after(
        &self,
        left: &Step,
        next: Option<&StepId>,
        from: &SequenceVersion,
        to: &SequenceVersion,
    ) -> Destination {
        // A branch has chosen its way already; after any other step the one that now stands below comes next.
        let decides = left.kind.decides();
        if let Some(next) = next.filter(|next| decides && to.step(next).is_some()) {
            return Destination::At(next.clone());
        }
        let itself = StepTarget::Step(left.id.clone());
        if self.0.get(&left.id).is_some_and(|target| *target != itself) {
            match self.place(&left.id, to) {
                Destination::At(target) if target == left.id => {}
                place => return place,
            }
        }
        if !decides && to.step(&left.id).is_some() {
            return to.after(&left.id).map_or(Destination::Done, Destination::At);
        }
        let Some(next) = next else { return Destination::Done };
        match self.place(next, to) {
            Destination::Nowhere => {
                let mut below = from.steps.iter().skip_while(|step| step.id != *next);
                let kept = below.find(|step| to.step(&step.id).is_some());
                kept.map_or(Destination::Done, |step| Destination::At(step.id.clone()))
            }
            place => place,
        }
    }
}

#[cfg(test)]
mod tests;
