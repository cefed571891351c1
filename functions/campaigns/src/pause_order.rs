//! Until when a person has a campaign, or somebody in it, wait.

use crate::App;
use domain::WorkspaceId;
use domain::enrolment::pause::read_until;
use http_api::{ApiError, ApiResult, utoipa};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseOrder {
    /// It goes on by itself then: a day or a time by the workspace's clock (`2026-12-01`, `2026-12-01T09:00`) or with an
    /// offset, at most a year ahead. Left out: when somebody resumes it. Another pause says another end.
    until: Option<String>,
}

impl App {
    pub async fn until(
        &self,
        workspace: &WorkspaceId,
        order: &PauseOrder,
        now: Timestamp,
    ) -> ApiResult<Option<Timestamp>> {
        let Some(text) = &order.until else { return Ok(None) };
        let zone = self.workspaces.get(workspace).await?.default_zone;
        let until = read_until(text, &zone, now);
        until.map(Some).map_err(|bad| ApiError::invalid("until", bad.to_string()))
    }
}
