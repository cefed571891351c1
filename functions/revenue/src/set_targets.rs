//! `PUT /api/targets/{month}`: replaces the targets of a month that is not over.

use crate::App;
use crate::target_view::{TargetsBody, TargetsView, is_shown, targets_view};
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::time::calendar_month::CalendarMonth;
use http_api::{ApiError, ApiResult, Caller, IfMatch, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(put, path = "/api/targets/{month}", operation_id = "set_targets",
    params(("month" = CalendarMonth, Path, description = "`2026-11`: the present month or one of the next twelve")),
    request_body = TargetsBody, responses((status = 200, body = TargetsView)))]
pub async fn set_targets(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(month): PathOf<CalendarMonth>,
    if_match: IfMatch,
    JsonBody(body): JsonBody<TargetsBody>,
) -> ApiResult<JsonBody<TargetsView>> {
    let now = app.clock.now();
    if month < CalendarMonth::at(now) || !is_shown(&month, now) {
        return Err(ApiError::invalid("month", "is the present month or one of the next twelve"));
    }
    let mut plan = app.targets.targets(&caller.workspace, &month).await?;
    if_match.check(body.rev, plan.rev)?;
    body.apply(&app, &caller, &mut plan).await?;
    let event = Event::new(EventKind::TargetsChanged, caller.actor(), now);
    plan.rev = app.targets.save_targets(&plan, &event).await?;
    Ok(JsonBody(targets_view(&app, &caller, plan).await?))
}
