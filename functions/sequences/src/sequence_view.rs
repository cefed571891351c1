//! A sequence as the API shows it.

use crate::step_body::StepBody;
use domain::SequenceId;
use domain::sequence::Sequence;
use domain::time::weekly_hours::SendingWindow;
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SequenceView {
    pub id: SequenceId,
    pub name: String,
    /// Rises whenever steps or window change; enrolled leads stay on their version.
    pub version: u32,
    pub steps: Vec<StepBody>,
    pub window: SendingWindow,
    pub archived: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

impl From<Sequence> for SequenceView {
    fn from(sequence: Sequence) -> Self {
        Self {
            id: sequence.id,
            name: sequence.name,
            version: sequence.version,
            steps: sequence.steps.into_iter().map(StepBody::from).collect(),
            window: sequence.window,
            archived: sequence.archived,
            created_at: sequence.created_at,
            updated_at: sequence.updated_at,
            rev: sequence.rev,
        }
    }
}
