//! `GET /api/spend`: what look-ups and models have cost in a month, with the caps and prices.

use crate::App;
use crate::spend_view::{CampaignSpend, SpendView};
use axum::extract::State;
use domain::time::calendar_month::CalendarMonth;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpendQuery {
    /// A month such as `2026-11`; the present one if left out.
    month: Option<String>,
}

/// Months are those of UTC, as providers bill.
#[utoipa::path(get, path = "/api/spend", operation_id = "get_spend", params(("month" = Option<String>, Query)),
    responses((status = 200, body = SpendView)))]
pub async fn get_spend(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<SpendQuery>,
) -> ApiResult<JsonBody<SpendView>> {
    let mut errors = FieldErrors::default();
    let asked =
        query.month.as_deref().map(|text| CalendarMonth::parse(text).ok_or("is not a month such as 2026-11"));
    let asked = asked.and_then(|month| errors.take("month", month));
    errors.finish()?;
    let month = asked.unwrap_or_else(|| CalendarMonth::at(app.clock.now()));
    let settings = app.spend.settings(&caller.workspace).await?;
    let budgets = app.spend.budgets_in_month(&caller.workspace, &month).await?;
    let campaigns = CampaignSpend::all(&app, &caller.workspace).await?;
    Ok(JsonBody(SpendView::of(&settings, month, budgets, campaigns)))
}
