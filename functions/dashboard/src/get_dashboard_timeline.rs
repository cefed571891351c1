//! `GET /api/dashboard/timeline`: figures day by day.

use crate::App;
use crate::days::DaysQuery;
use crate::figures::Figures;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, QueryOf, axum, utoipa};
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DashboardTimeline {
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// Every day, oldest first.
    pub days: Vec<DayFigures>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DayFigures {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    pub counters: Figures,
}

/// Covers the last 30 days by default.
#[utoipa::path(get, path = "/api/dashboard/timeline", operation_id = "get_dashboard_timeline", params(DaysQuery),
    responses((status = 200, body = DashboardTimeline)))]
pub async fn get_dashboard_timeline(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<DaysQuery>,
) -> ApiResult<JsonBody<DashboardTimeline>> {
    let (from, to) = query.parse(app.clock.now(), 30)?;
    let days = app.days(&caller.workspace, from, to).await?;
    let days = days.iter().map(|(date, counters)| DayFigures { date: *date, counters: counters.into() });
    Ok(JsonBody(DashboardTimeline { from, to, days: days.collect() }))
}
