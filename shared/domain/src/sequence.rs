//! A sequence: ordered steps with delays, inside a sending window. A version, once used, never changes.

pub mod ab_test;
pub mod compiled_texts;
pub mod condition;
pub mod diff;
pub mod merge_fields;
pub mod pause_losers;
pub mod render;
pub mod rollout;
pub mod step_kind;
pub mod template;
pub mod validation;
pub mod variant;

use crate::ids::{SequenceId, StepId, UserId, WorkspaceId};
use crate::sequence::step_kind::{StepKind, WayOn};
use crate::time::delay::Delay;
use crate::time::weekly_hours::SendingWindow;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq)]
pub struct Sequence {
    pub id: SequenceId,
    pub workspace: WorkspaceId,
    pub name: String,
    /// The newest version's number; saving other steps makes the next one.
    pub version: u32,
    pub steps: Vec<Step>,
    pub window: SendingWindow,
    pub archived: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

/// What an enrolment is pinned to.
#[derive(Debug, Clone, PartialEq)]
pub struct SequenceVersion {
    pub sequence: SequenceId,
    pub version: u32,
    pub steps: Vec<Step>,
    pub window: SendingWindow,
}

/// A version with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionRecord {
    pub workspace: WorkspaceId,
    pub version: SequenceVersion,
    pub made_at: Timestamp,
    pub made_by: Option<UserId>,
    /// Oldest first.
    pub patches: Vec<Patch>,
    /// Steps of which all variants but one were paused by themselves, which happens once.
    pub promoted: Vec<StepId>,
    pub rev: u64,
}

/// Words that were changed in a version while people were on it: for whom they had not gone out yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Patch {
    pub at: Timestamp,
    /// None: one variant was found ahead, and the others were paused.
    pub by: Option<UserId>,
    /// The steps as they were before.
    pub before: Vec<Step>,
}

/// More are a new version.
pub const MAX_PATCHES: usize = 20;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub id: StepId,
    /// From the completion of the step before, for the first from enrolment.
    pub delay: Delay,
    /// Days in the lead's zone: not before the one; left out where it could only happen after the other, which is for messages,
    /// tasks and waits alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Date>,
    #[serde(flatten)]
    pub kind: StepKind,
}

impl Sequence {
    pub fn pinned(&self) -> SequenceVersion {
        SequenceVersion {
            sequence: self.id.clone(),
            version: self.version,
            steps: self.steps.clone(),
            window: self.window.clone(),
        }
    }
}

impl SequenceVersion {
    pub fn first(&self) -> Option<StepId> {
        self.steps.first().map(|step| step.id.clone())
    }

    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    pub fn position(&self, id: &StepId) -> Option<u16> {
        self.steps.iter().position(|step| step.id == *id).and_then(|index| u16::try_from(index).ok())
    }

    /// The steps that somebody may still come to who stands at the one in this place, that one too: both arms of a branch, and
    /// nothing behind an end that is on the way.
    pub fn ahead_of(&self, place: usize) -> impl Iterator<Item = &Step> {
        let mut reached = vec![false; self.steps.len()];
        for at in place..self.steps.len() {
            if at > place && !reached[at] {
                continue;
            }
            reached[at] = true;
            let mut below = self.steps.iter().zip(&mut reached).skip(at + 1);
            match self.steps[at].kind.onward() {
                WayOn::Below => below.next().into_iter().for_each(|(_, next)| *next = true),
                WayOn::Either { yes, no } => {
                    below.for_each(|(step, arm)| *arm |= [yes, no].contains(&&step.id))
                }
                WayOn::Nowhere => {}
            }
        }
        self.steps.iter().zip(reached).filter_map(|(step, reached)| reached.then_some(step))
    }

    /// The step below this one.
    pub fn after(&self, id: &StepId) -> Option<StepId> {
        let mut below = self.steps.iter().skip_while(|step| step.id != *id).skip(1);
        below.next().map(|step| step.id.clone())
    }
}
