//! `PATCH /api/settings/rules/{id}`: renames a trigger rule, or switches it off or on.

use crate::App;
use axum::extract::State;
use domain::RuleId;
use domain::campaign::trigger_rule::TriggerRule;
use domain::event::{Event, EventKind};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleChanges {
    name: Option<String>,
    enabled: Option<bool>,
}

#[utoipa::path(patch, path = "/api/settings/rules/{id}", operation_id = "change_rule",
    params(("id" = RuleId, Path)), request_body = RuleChanges, responses((status = 200, body = TriggerRule)))]
pub async fn change_rule(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<RuleId>,
    JsonBody(changes): JsonBody<RuleChanges>,
) -> ApiResult<JsonBody<TriggerRule>> {
    let mut rules = app.rules.get(&caller.workspace).await?;
    let found = rules.rules.iter_mut().find(|rule| rule.id == id);
    let rule = found.ok_or_else(|| ApiError::not_found("rule"))?;
    let mut errors = FieldErrors::default();
    if let Some(name) = &changes.name {
        rule.name = errors.required("name", name, 120);
    }
    errors.finish()?;
    rule.enabled = changes.enabled.unwrap_or(rule.enabled);
    let changed = rule.clone();
    let event = Event::new(EventKind::RuleChanged, caller.actor(), app.clock.now()).because(id.as_str());
    app.rules.save(&rules, &event).await?;
    Ok(JsonBody(changed))
}
