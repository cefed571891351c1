//! A sequence: ordered steps with delays inside a send window. A version that was used never changes, apart
//! from patches of its words.

pub mod ab_look;
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
pub mod writing;

use crate::event::UserOrKey;
use crate::ids::{SequenceId, StepId, WorkspaceId};
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
    /// The newest version's number; saving other steps makes the next version.
    pub version: u32,
    pub steps: Vec<Step>,
    pub window: SendingWindow,
    pub archived: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

/// One version of a sequence, as an enrolment carries it.
#[derive(Debug, Clone, PartialEq)]
pub struct SequenceVersion {
    pub sequence: SequenceId,
    pub version: u32,
    pub steps: Vec<Step>,
    pub window: SendingWindow,
}

/// A version with its history.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionRecord {
    pub workspace: WorkspaceId,
    pub version: SequenceVersion,
    pub made_at: Timestamp,
    pub made_by: Option<UserOrKey>,
    /// Patches, oldest first.
    pub patches: Vec<Patch>,
    /// Steps whose losing variants were paused automatically, which happens once a step.
    pub promoted: Vec<StepId>,
    pub rev: u64,
}

/// A change of words in a version that is in use; it applies to messages that have not gone out yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Patch {
    pub at: Timestamp,
    /// The user or program that made it; none if a winning variant was found and the others were paused automatically.
    pub by: Option<UserOrKey>,
    /// The changed steps as they were before.
    pub before: Vec<Step>,
}

/// The most patches of a version; a further change makes a new version.
pub const MAX_PATCHES: usize = 20;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub id: StepId,
    /// The delay counts from the completion of the step before, or from enrolment.
    pub delay: Delay,
    /// The first and the last day in the lead's zone. A step that could only happen after its last day is
    /// skipped; only messages, tasks and waits may have one.
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

    /// The steps that an enrolment may still come to from the one at `place`, that one included: both ways of
    /// a branch, and nothing behind an end step.
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
