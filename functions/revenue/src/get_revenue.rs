//! `GET /api/revenue`: monthly recurring revenue, its movements, the money collected, and a projection.

use crate::App;
use crate::client_view::MoneyView;
use crate::months::{MonthMovement, ProjectedMonth, first_of_month, months, projection};
use application::ports::stats::Metric;
use axum::extract::State;
use domain::money::Currency;
use http_api::{ApiError, ApiResult, Caller, JsonBody, QueryOf, axum, utoipa};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RevenueQuery {
    /// The number of months, the present one included: 1–24, 12 if left out.
    months: Option<i32>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RevenueView {
    pub currency: Currency,
    pub mrr: MoneyView,
    /// Twelve times the MRR.
    pub arr: MoneyView,
    pub clients: i64,
    /// MRR divided by clients; zero without clients.
    pub average_per_client: MoneyView,
    /// All payments less refunds.
    pub collected: MoneyView,
    /// Oldest first.
    pub months: Vec<MonthMovement>,
    /// The next six months, if they move like the last three.
    pub projection: Vec<ProjectedMonth>,
}

#[utoipa::path(get, path = "/api/revenue", operation_id = "get_revenue", params(RevenueQuery),
    responses((status = 200, body = RevenueView)))]
pub async fn get_revenue(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<RevenueQuery>,
) -> ApiResult<JsonBody<RevenueView>> {
    let count = query.months.unwrap_or(12);
    if !(1..=24).contains(&count) {
        return Err(ApiError::invalid("query.months", "must be from 1 to 24"));
    }
    let currency = app.workspaces.get(&caller.workspace).await?.currency;
    let total = app.stats.total(&caller.workspace).await?;
    let of = |metric| total.get(&metric).copied().unwrap_or(0);
    let to = app.clock.now().to_zoned(TimeZone::UTC).date();
    let from = first_of_month(to).saturating_sub((count - 1).months());
    let days = app.stats.days(&caller.workspace, from, to).await?;
    let (mrr, clients) = (of(Metric::MrrMinor), of(Metric::Clients));
    let months = months(&days, from, to, mrr);
    let money = |amount_minor| MoneyView { amount_minor, currency };
    Ok(JsonBody(RevenueView {
        currency,
        mrr: money(mrr),
        arr: money(mrr * 12),
        clients,
        average_per_client: money(if clients > 0 { mrr / clients } else { 0 }),
        collected: money(of(Metric::CollectedMinor)),
        projection: projection(&months, to, mrr, 6),
        months,
    }))
}
