//! `GET /api/revenue`: monthly recurring revenue, its movements, the money collected, and a projection, in each currency
//! on its own.

use crate::App;
use crate::client_view::MoneyView;
use crate::months::{MonthMovement, ProjectedMonth, first_of_month, months, projection};
use application::ports::stats::Metric;
use axum::extract::State;
use domain::WorkspaceId;
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
    pub clients: i64,
    /// Clients whose MRR may be lower or higher, because a discount or a price is unknown.
    pub unsure: i64,
    /// The workspace's currency first, then by code. Different currencies are never added.
    pub currencies: Vec<CurrencyRevenue>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CurrencyRevenue {
    pub currency: Currency,
    pub mrr: MoneyView,
    /// Twelve times the MRR.
    pub arr: MoneyView,
    /// Clients with MRR in this currency.
    pub subscribed: i64,
    /// MRR divided by these clients; zero without any.
    pub average_per_client: MoneyView,
    /// The part of the MRR whose subscriptions are cancelled and still run.
    pub ending: MoneyView,
    /// All payments less refunds and chargebacks.
    pub collected: MoneyView,
    /// Collected money in disputes that are not decided.
    pub disputed: MoneyView,
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
    let workspace = &caller.workspace;
    let own = app.workspaces.get(workspace).await?.currency;
    let total = app.stats.total(workspace).await?;
    let others = app.stats.currencies(workspace).await?.into_iter().filter(|currency| *currency != own);
    let mut currencies = Vec::new();
    for currency in std::iter::once(own).chain(others) {
        currencies.push(revenue_in(&app, workspace, currency, count).await?);
    }
    let of = |metric| total.get(&metric).copied().unwrap_or(0);
    Ok(JsonBody(RevenueView { clients: of(Metric::Clients), unsure: of(Metric::Unsure), currencies }))
}

async fn revenue_in(
    app: &App,
    workspace: &WorkspaceId,
    currency: Currency,
    count: i32,
) -> ApiResult<CurrencyRevenue> {
    let total = app.stats.total_in(workspace, currency).await?;
    let of = |metric| total.get(&metric).copied().unwrap_or(0);
    let to = app.clock.now().to_zoned(TimeZone::UTC).date();
    let from = first_of_month(to).saturating_sub((count - 1).months());
    let days = app.stats.days_in(workspace, currency, from, to).await?;
    let (mrr, subscribed) = (of(Metric::MrrMinor), of(Metric::Subscribed));
    let months = months(&days, from, to, mrr);
    let money = |amount_minor| MoneyView { amount_minor, currency };
    Ok(CurrencyRevenue {
        currency,
        mrr: money(mrr),
        arr: money(mrr.saturating_mul(12)),
        subscribed,
        average_per_client: money(if subscribed > 0 { mrr / subscribed } else { 0 }),
        ending: money(of(Metric::EndingMinor)),
        collected: money(of(Metric::CollectedMinor)),
        disputed: money(of(Metric::DisputedMinor)),
        projection: projection(&months, to, mrr, 6),
        months,
    })
}
