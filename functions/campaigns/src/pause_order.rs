//! The end of a pause that a user orders for a campaign or an enrolment.

use crate::App;
use domain::WorkspaceId;
use domain::enrolment::pause::read_until;
use http_api::{ApiError, ApiResult, utoipa};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseOrder {
    /// When it resumes automatically: a day or a time in the workspace's time zone (`2026-12-01`,
    /// `2026-12-01T09:00`), or a time with an offset; at most a year ahead. If left out, only a user resumes
    /// it. Another pause changes the end.
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
