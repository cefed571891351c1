//! The stages of a workspace, and why leads are lost.
//!
//! A lead is in one stage. Each workspace has one stage for won leads and one for lost ones, which it may rename, and
//! open stages: *new*, *contacted* and *replied*, to which the app moves leads, *qualified*, and those that it adds. A
//! stage is a number that says by itself whether the lead is won or lost, so that no rule of sending, routing or
//! counting reads the workspace's list. The order of the open stages is the workspace's; the app moves a lead only from
//! new to contacted to replied, and takes every other open stage for further than these, so that it never moves a lead
//! back that a user has put further.

mod ids;

pub use ids::{LostReasonId, StageId};

use crate::ids::{LeadId, UserId, WorkspaceId};
use crate::lead::Lead;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The most stages of a workspace, won and lost included.
pub const MOST_STAGES: usize = 20;
/// The most lost reasons of a workspace.
pub const MOST_LOST_REASONS: usize = 20;
/// The most characters of a stage's or a reason's name.
pub const LONGEST_NAME: usize = 40;
/// The most days after which a stage's leads go stale.
pub const MOST_STALE_DAYS: u16 = 365;

/// A workspace's stages from left to right, won and lost last, and its lost reasons, stored as one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stages {
    pub workspace: WorkspaceId,
    pub stages: Vec<Stage>,
    pub lost_reasons: Vec<LostReason>,
    /// The highest number that a stage, and a reason, ever had: numbers are not given twice.
    pub last_stage: u8,
    pub last_reason: u8,
    pub rev: u64,
}

/// A stage, stored and shown in the same shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stage {
    pub id: StageId,
    pub name: String,
    /// How likely a lead of this stage is won, in percent: 100 for won, 0 for lost.
    pub probability: u8,
    /// The days after which a lead that is still in the stage is stale; none if it never is.
    pub stale_after_days: Option<u16>,
}

/// A reason why leads are lost, stored and shown in the same shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LostReason {
    pub id: LostReasonId,
    pub name: String,
}

/// The time within which a move back to the stage before takes a move back: longer than an undo is offered.
pub const TAKEN_BACK_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// Tells whether a move at that time is soon enough after another one to take it back.
pub(crate) fn is_soon_after(earlier: Timestamp, at: Timestamp) -> bool {
    (SignedDuration::ZERO..=TAKEN_BACK_WITHIN).contains(&at.duration_since(earlier))
}

/// The stage that a lead was in before its present one, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageBefore {
    pub stage: StageId,
    pub since: Timestamp,
}

/// A move of a lead from one stage to another, kept for figures of the pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageMove {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    /// The owner of the lead when it moved: a later handover does not take the move along.
    pub owner: Option<UserId>,
    pub from: StageId,
    pub to: StageId,
    /// The time at which the lead came into the stage that it left.
    pub entered_at: Timestamp,
    pub at: Timestamp,
}

impl StageMove {
    /// The move that a change of a lead is; none if its stage stays. A merge, and undoing one, is no move: the moves of the
    /// lead that was merged stay on record.
    pub fn between(before: &Lead, after: &Lead) -> Option<Self> {
        let is_merge = before.absorbed != after.absorbed;
        (before.status != after.status && !is_merge).then(|| Self {
            workspace: after.workspace.clone(),
            lead: after.id.clone(),
            owner: after.owner.clone(),
            from: before.status,
            to: after.status,
            entered_at: before.stage_since,
            // A lead whose move is taken back is where it was since then.
            at: Some(after.stage_since).filter(|at| *at > before.stage_since).unwrap_or(after.updated_at),
        })
    }

    /// Tells whether it takes back the lead's move before it.
    pub fn takes_back(&self, before: &Self) -> bool {
        (self.from, self.to) == (before.to, before.from)
            && self.entered_at == before.at
            && is_soon_after(before.at, self.at)
    }
}

impl Stages {
    /// The stage for a lead that comes back: its own, or where that was deleted meanwhile, qualified, because added stages
    /// are as far as that. Where that is deleted, too, it is replied.
    pub fn for_return(&self, stage: StageId) -> StageId {
        let known = [stage, StageId::QUALIFIED].into_iter().find(|id| self.stage(*id).is_some());
        known.unwrap_or(StageId::REPLIED)
    }

    /// The stages of a workspace that has changed none.
    pub fn usual(workspace: WorkspaceId) -> Self {
        let stage = |(id, name, probability, stale_after_days): (StageId, &str, u8, Option<u16>)| Stage {
            id,
            name: name.to_owned(),
            probability,
            stale_after_days,
        };
        let stages = [
            (StageId::NEW, "New", 5, None),
            (StageId::CONTACTED, "Contacted", 10, Some(30)),
            (StageId::REPLIED, "Replied", 30, Some(7)),
            (StageId::QUALIFIED, "Qualified", 60, Some(14)),
            (StageId::WON, "Won", 100, None),
            (StageId::LOST, "Lost", 0, None),
        ];
        let names =
            ["Too early", "Too expensive", "Has another tool", "No answer", "Not a fit", "Other"].into_iter();
        let reasons = LostReasonId::built_in().zip(names);
        let reasons: Vec<LostReason> =
            reasons.map(|(id, name)| LostReason { id, name: name.to_owned() }).collect();
        Self {
            workspace,
            stages: stages.map(stage).into(),
            last_stage: StageId::LOST.number(),
            last_reason: LostReasonId::OTHER.number(),
            lost_reasons: reasons,
            rev: 0,
        }
    }

    pub fn stage(&self, id: StageId) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    pub fn lost_reason(&self, id: LostReasonId) -> Option<&LostReason> {
        self.lost_reasons.iter().find(|reason| reason.id == id)
    }

    /// Finds the stage that a text means: its name in any case, or its code.
    pub fn meant(&self, text: &str) -> Option<StageId> {
        let text = text.trim();
        let named = |stage: &&Stage| stage.name.to_lowercase() == text.to_lowercase();
        let coded = || StageId::parse(text).filter(|id| self.stage(*id).is_some());
        self.stages.iter().find(named).map(|stage| stage.id).or_else(coded)
    }

    /// The number of a new stage; none if the workspace has had 250 of its own.
    pub fn next_stage(&mut self) -> Option<StageId> {
        self.last_stage = self.last_stage.checked_add(1)?;
        Some(StageId::numbered(self.last_stage))
    }

    /// The number of a new lost reason; none if the workspace has had 250 of its own.
    pub fn next_reason(&mut self) -> Option<LostReasonId> {
        self.last_reason = self.last_reason.checked_add(1)?;
        Some(LostReasonId::numbered(self.last_reason))
    }
}

#[cfg(test)]
mod tests;
