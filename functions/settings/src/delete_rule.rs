//! `DELETE /api/settings/rules/{id}`: deletes a trigger rule; its past effects stay.

use crate::App;
use axum::extract::State;
use domain::RuleId;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/settings/rules/{id}", operation_id = "delete_rule",
    params(("id" = RuleId, Path)), responses((status = 204)))]
pub async fn delete_rule(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<RuleId>,
) -> ApiResult<StatusCode> {
    let mut rules = app.rules.get(&caller.workspace).await?;
    let before = rules.rules.len();
    rules.rules.retain(|rule| rule.id != id);
    if rules.rules.len() == before {
        return Err(ApiError::not_found("rule"));
    }
    let event = Event::new(EventKind::RuleDeleted, caller.actor(), app.clock.now()).because(id.as_str());
    app.rules.save(&rules, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}
