//! What the API tells of two versions of a sequence, and of the people between them.

use crate::step_body::StepBody;
use domain::sequence::SequenceVersion;
use domain::sequence::diff::{SequenceDiff, StepDiff};
use domain::{CampaignId, StepId};
use http_api::utoipa;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DiffView {
    /// In the order of the newer one; a removed step stands where it stood.
    pub steps: Vec<StepDiffView>,
    pub window_changed: bool,
    pub unchanged: bool,
    /// Words, or the shares of their variants, differ and nothing else: it may be a patch.
    pub is_patch: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepDiffView {
    pub id: StepId,
    pub change: StepChange,
    /// Its place in the older version; none where it was added.
    pub from: Option<u16>,
    /// Its place in the newer version; none where it was removed.
    pub to: Option<u16>,
    /// Stands in another order to the others.
    pub moved: bool,
    /// The fields of a step in both that differ: `delay`, `subject`, `body`, `yes`, …
    pub fields: Vec<String>,
    pub before: Option<StepBody>,
    pub after: Option<StepBody>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepChange {
    Added,
    Removed,
    /// Moved, other fields, or both.
    Changed,
    Same,
}

/// Who is under way on another version than the one that is looked at.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StandingView {
    pub campaign_id: CampaignId,
    pub campaign_name: String,
    pub version: u32,
    pub step_id: StepId,
    /// As it is on that version.
    pub step: StepBody,
    pub people: u64,
    /// The step is not in the newer version.
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
