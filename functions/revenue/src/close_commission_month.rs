//! `POST /api/commissions/close`: closes a month, whose earnings then stay as they are.

use crate::App;
use crate::commission_view::{CommissionsView, commissions, is_over};
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::revenue::commission::{CommissionStatement, earnings};
use domain::time::calendar_month::CalendarMonth;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommissionMonth {
    /// `2026-11`: a month that ended at least an hour ago.
    month: String,
}

/// What is refunded later of the month's payments is taken back in the month of the refund.
#[utoipa::path(post, path = "/api/commissions/close", operation_id = "close_commission_month",
    request_body = CommissionMonth, responses((status = 200, body = CommissionsView)))]
pub async fn close_commission_month(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(CommissionMonth { month }): JsonBody<CommissionMonth>,
) -> ApiResult<JsonBody<CommissionsView>> {
    let Some(month) = CalendarMonth::parse(&month) else {
        return Err(ApiError::invalid("month", "is not a month such as 2026-11"));
    };
    if !is_over(&app, &month) {
        return Err(ApiError::invalid("month", "must have ended at least an hour ago"));
    }
    let workspace = &caller.workspace;
    // The plan is read first: a change of credits or rates after that makes the closing fail.
    let plan = app.commissions.plan(workspace).await?;
    if app.commissions.statement(workspace, &month).await?.is_some() {
        return Err(ApiError::conflict("month_closed", format!("{month} is closed already.")));
    }
    let currency = app.workspaces.get(workspace).await?.currency;
    let booked = app.commissions.booked_in(workspace, &month).await?;
    let (earnings, not_credited) = earnings(&plan, currency, &booked);
    let now = app.clock.now();
    let statement = CommissionStatement {
        workspace: workspace.clone(),
        month: month.clone(),
        earnings,
        not_credited,
        closed_by: caller.signed_in()?.user.clone(),
        closed_at: now,
    };
    let event = Event::new(EventKind::CommissionMonthClosed, caller.actor(), now);
    app.commissions.close(&statement, &plan, &event).await?;
    Ok(JsonBody(commissions(&app, workspace, month, None).await?))
}
