//! `GET /api/commissions/plan`: the rates by which team members earn.

use crate::App;
use crate::commission_plan_view::CommissionPlanView;
use crate::commission_view::only_of;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

/// A rep gets no rates of others.
#[utoipa::path(get, path = "/api/commissions/plan", operation_id = "get_commission_plan",
    responses((status = 200, body = CommissionPlanView)))]
pub async fn get_commission_plan(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<CommissionPlanView>> {
    let currency = caller.read_workspace(&*app.workspaces).await?.currency;
    let mut plan = app.commissions.plan(&caller.workspace).await?;
    if let Some(users) = only_of(&caller)? {
        plan.own.retain(|of, _| users.contains(of));
    }
    Ok(JsonBody(CommissionPlanView::of(plan, currency)))
}
