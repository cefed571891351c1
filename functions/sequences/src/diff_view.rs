//! The difference between two versions of a sequence and the leads on older ones, as the API shows them.

use crate::step_body::StepBody;
use domain::sequence::SequenceVersion;
use domain::sequence::diff::{SequenceDiff, StepDiff};
use domain::{CampaignId, StepId};
use http_api::utoipa;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DiffView {
    /// Steps in the order of the newer version; a removed step stands at its former position.
    pub steps: Vec<StepDiffView>,
    pub window_changed: bool,
    pub unchanged: bool,
    /// Whether only texts, or the weights of their variants, differ: such a change can be a patch.
    pub is_patch: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepDiffView {
    pub id: StepId,
    pub change: StepChange,
    /// Its position in the older version; none if it was added.
    pub from: Option<u16>,
    /// Its position in the newer version; none if it was removed.
    pub to: Option<u16>,
    /// Whether its order relative to the other steps changed.
    pub moved: bool,
    /// The fields that differ, for a step in both versions: `delay`, `subject`, `body`, `yes`, …
    pub fields: Vec<String>,
    pub before: Option<StepBody>,
    pub after: Option<StepBody>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepChange {
    Added,
    Removed,
    /// The step was moved, has other fields, or both.
    Changed,
    Same,
}

/// The active leads at one step of a version other than the newer one.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StandingView {
    pub campaign_id: CampaignId,
    pub campaign_name: String,
    pub version: u32,
    pub step_id: StepId,
    /// The step as it is on that version.
    pub step: StepBody,
    pub people: u64,
    /// Whether the newer version lacks the step.
    pub gone: bool,
}

impl DiffView {
    pub fn of(older: &SequenceVersion, newer: &SequenceVersion) -> Self {
        let diff = SequenceDiff::of(older, newer);
        let body = |version: &SequenceVersion, id: &StepId| version.step(id).cloned().map(StepBody::from);
        let view = |row: &StepDiff| StepDiffView {
            change: match (row.from, row.to) {
                (None, _) => StepChange::Added,
                (_, None) => StepChange::Removed,
                _ if row.is_unchanged() => StepChange::Same,
                _ => StepChange::Changed,
            },
            from: row.from,
            to: row.to,
            moved: row.moved,
            fields: row.fields.iter().map(|field| (*field).to_owned()).collect(),
            before: body(older, &row.id),
            after: body(newer, &row.id),
            id: row.id.clone(),
        };
        Self {
            steps: diff.steps.iter().map(view).collect(),
            window_changed: diff.window_changed,
            unchanged: diff.is_empty(),
            is_patch: diff.is_patch() && !diff.is_empty(),
        }
    }
}
