//! A rollout and its progress as the API shows it.

use crate::App;
use application::ports::stats::Metric;
use domain::sequence::rollout::{People, Rollout, StepMapping};
use domain::{RolloutId, UserId};
use http_api::{ApiResult, utoipa};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RolloutView {
    pub id: RolloutId,
    pub version: u32,
    pub people: People,
    pub mapping: StepMapping,
    /// The number of campaigns that got the version.
    pub campaigns: usize,
    pub ordered_at: Timestamp,
    pub by: UserId,
    /// When every lead had been processed; leads that move after their present step still do so later.
    pub finished_at: Option<Timestamp>,
    /// The number of active leads on other versions when it was ordered.
    pub under_way: u64,
    /// Leads on the version because of this rollout.
    pub moved: u64,
    /// Leads that move after their present step.
    pub bound: u64,
    /// Leads whose enrolment ended because their step has no target in the version.
    pub exited: u64,
}

impl App {
    pub async fn rollout_view(&self, rollout: Rollout) -> ApiResult<RolloutView> {
        let counted = self.stats.rollout(&rollout.workspace, &rollout.id).await?;
        let of = |metric| counted.get(&metric).and_then(|count| u64::try_from(*count).ok()).unwrap_or(0);
        Ok(RolloutView {
            version: rollout.version,
            people: rollout.people,
            mapping: rollout.mapping,
            campaigns: rollout.campaigns.len(),
            ordered_at: rollout.ordered_at,
            by: rollout.by,
            finished_at: rollout.finished_at,
            under_way: rollout.under_way,
            moved: of(Metric::Transferred),
            bound: of(Metric::BoundFor),
            exited: of(Metric::Exited),
            id: rollout.id,
        })
    }
}
