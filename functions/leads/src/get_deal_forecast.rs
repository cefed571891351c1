//! `GET /api/deals/forecast`: what open deals come to by the month in which they are expected, and what was won.

use crate::App;
use crate::deal_view::DealSumsView;
use application::deals::with_leads::{closed_deals, open_deals};
use application::ports::leads::LeadQuery;
use axum::extract::State;
use domain::deal::{ForecastMonth, forecast};
use domain::time::calendar_month::CalendarMonth;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

/// The months of the forecast before the present one, and from it on.
const MONTHS_BEFORE: usize = 3;
const MONTHS_FROM_NOW: usize = 6;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DealForecast {
    /// The three months before this one, this one, and the five after it, by UTC.
    pub months: Vec<DealForecastMonth>,
    /// The present month.
    #[schema(value_type = String)]
    pub this_month: CalendarMonth,
    /// Open deals that were expected before the first of these months.
    pub overdue: DealSumsView,
    /// The workspace has more deals than are summed, 10,000 open ones and as many closed ones: the sums are too low.
    pub cut_off: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DealForecastMonth {
    #[schema(value_type = String)]
    pub month: CalendarMonth,
    /// Open deals that are expected in the month.
    pub open: DealSumsView,
    /// Deals that were won in the month.
    pub won: DealSumsView,
}

#[utoipa::path(get, path = "/api/deals/forecast", operation_id = "get_deal_forecast",
    responses((status = 200, body = DealForecast)))]
pub async fn get_deal_forecast(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<DealForecast>> {
    let this_month = CalendarMonth::at(app.clock.now());
    let months = around(&this_month);
    let since = months.first().map_or_else(|| this_month.start(), CalendarMonth::start);
    let (workspace, scope) = (&caller.workspace, caller.leads());
    let open = open_deals(&app.deals, workspace, scope, (&LeadQuery::default(), None)).await?;
    let closed = closed_deals(&app.deals, workspace, scope, since).await?;
    let all = open.deals.iter().chain(&closed.deals).map(|one| (&one.deal, one.chance));
    let (months, overdue) = forecast(all, &months);
    let of = |ForecastMonth { month, open, won }: ForecastMonth| DealForecastMonth {
        month,
        open: (&open).into(),
        won: (&won).into(),
    };
    Ok(JsonBody(DealForecast {
        months: months.into_iter().map(of).collect(),
        this_month,
        overdue: (&overdue).into(),
        cut_off: open.cut_off || closed.cut_off,
    }))
}

/// The months that the forecast shows.
fn around(now: &CalendarMonth) -> Vec<CalendarMonth> {
    let mut months: Vec<CalendarMonth> =
        std::iter::successors(Some(now.before()), |month| Some(month.before())).take(MONTHS_BEFORE).collect();
    months.reverse();
    let from_now = std::iter::successors(Some(now.clone()), |month| Some(CalendarMonth::at(month.end())));
    months.extend(from_now.take(MONTHS_FROM_NOW));
    months
}
