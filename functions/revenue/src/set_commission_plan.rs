//! `PUT /api/commissions/plan`: replaces the rates. Open months are computed anew by them; closed ones stay.

use crate::App;
use crate::commission_plan_view::{CommissionPlanBody, CommissionPlanView};
use axum::extract::State;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, IfMatch, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(put, path = "/api/commissions/plan", operation_id = "set_commission_plan",
    request_body = CommissionPlanBody, responses((status = 200, body = CommissionPlanView)))]
pub async fn set_commission_plan(
    State(app): State<Arc<App>>,
    caller: Caller,
    if_match: IfMatch,
    JsonBody(body): JsonBody<CommissionPlanBody>,
) -> ApiResult<JsonBody<CommissionPlanView>> {
    let known = app.commissions.plan(&caller.workspace).await?;
    if_match.check(body.rev, known.rev)?;
    let mut plan = body.parse(&app, &caller.workspace, known.rev).await?;
    let event = Event::new(EventKind::CommissionPlanChanged, caller.actor(), app.clock.now());
    plan.rev = app.commissions.save_plan(&plan, &event).await?;
    let currency = app.workspaces.get(&caller.workspace).await?.currency;
    Ok(JsonBody(CommissionPlanView::of(plan, currency)))
}
