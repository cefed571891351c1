//! `POST /api/leads/duplicates/dismiss`: says that a group of leads is not one person.

use crate::App;
use axum::extract::State;
use domain::LeadId;
use domain::event::{Event, EventKind};
use domain::lead::duplicates::MOST_OF_A_GROUP;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

/// The leads of one group, as `GET /api/leads/duplicates` names them.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupOfLeads {
    lead_ids: Vec<LeadId>,
}

impl GroupOfLeads {
    /// Returns the leads, without repeats; answers 422 where they cannot be a group.
    pub fn parse(mut self) -> ApiResult<Vec<LeadId>> {
        self.lead_ids.sort();
        self.lead_ids.dedup();
        if !(2..=MOST_OF_A_GROUP).contains(&self.lead_ids.len()) {
            return Err(ApiError::invalid("lead_ids", format!("must name 2 to {MOST_OF_A_GROUP} leads")));
        }
        Ok(self.lead_ids)
    }
}

/// Dismisses the group for good: it is not proposed again, unless another lead joins it.
#[utoipa::path(post, path = "/api/leads/duplicates/dismiss", operation_id = "dismiss_duplicates",
    request_body = GroupOfLeads, responses((status = 204)))]
pub async fn dismiss_duplicates(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(group): JsonBody<GroupOfLeads>,
) -> ApiResult<StatusCode> {
    let group = group.parse()?;
    let event = Event::new(EventKind::DuplicatesDismissed, caller.actor(), app.clock.now());
    app.duplicates.dismissed_duplicates.dismiss(&caller.workspace, &group, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}
