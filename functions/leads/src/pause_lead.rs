//! `POST /api/leads/{id}/pause`: pauses one lead in all its campaigns, until the given end or until a user
//! resumes it. A pause with an end takes the place of one without, so a program needs for it what it needs for resuming.

use crate::App;
use crate::lead_moves::LeadMoved;
use application::lead::pause_lead::pause_lead as pause;
use axum::extract::State;
use domain::LeadId;
use domain::enrolment::pause::read_until;
use domain::workspace::api_key::ApiScope;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadPauseOrder {
    /// When it resumes automatically: a day or a time in the workspace's time zone (`2026-12-01`,
    /// `2026-12-01T09:00`), or a time with an offset; at most a year ahead. If left out, only a user resumes
    /// it. Another pause changes the end. A program needs `campaigns:write` for a pause with an end.
    until: Option<String>,
}

#[utoipa::path(post, path = "/api/leads/{id}/pause", operation_id = "pause_lead", params(("id" = LeadId, Path)),
    request_body = LeadPauseOrder, responses((status = 200, body = LeadMoved)))]
pub async fn pause_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    JsonBody(order): JsonBody<LeadPauseOrder>,
) -> ApiResult<JsonBody<LeadMoved>> {
    if order.until.is_some() {
        caller.demand(ApiScope::CampaignsWrite)?;
    }
    let now = app.clock.now();
    let lead = app.leads.get(&caller.workspace, &id).await?;
    let until = match &order.until {
        None => None,
        Some(text) => {
            let zone = caller.read_workspace(&*app.workspaces).await?.default_zone;
            let until = read_until(text, &zone, now);
            Some(until.map_err(|bad| ApiError::invalid("until", bad.to_string()))?)
        }
    };
    let paused = pause(&app.enrolling, &lead, until, (&caller.actor(), now)).await?;
    Ok(JsonBody(app.lead_moved(&caller.workspace, paused).await?))
}
