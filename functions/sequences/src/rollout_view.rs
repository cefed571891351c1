//! What the API tells of a rollout, and how far it is.

use crate::App;
use application::ports::stats::Metric;
use domain::sequence::rollout::{Mapping, People, Rollout};
use domain::{RolloutId, UserId};
use http_api::{ApiResult, utoipa};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RolloutView {
    pub id: RolloutId,
    pub version: u32,
    pub people: People,
    pub mapping: Mapping,
    /// How many campaigns were given the version.
    pub campaigns: usize,
    pub ordered_at: Timestamp,
    pub by: UserId,
    /// Everybody has been looked at; who is bound for it still goes there later.
    pub finished_at: Option<Timestamp>,
    /// How many were under way on other versions when it was ordered.
    pub under_way: u64,
    /// On the version because of this rollout.
    pub moved: u64,
    /// Go there when their present step is over.
    pub bound: u64,
    /// Out of the sequence, because their step has no place in the version.
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
