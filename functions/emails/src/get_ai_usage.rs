//! `GET /api/ai/usage`: how often language models were asked in a month, what for, and what that cost.

use crate::App;
use axum::extract::State;
use domain::spend::{BookingOutcome, Budget, BudgetScope, SpendMonth, Usd};
use domain::workspace::account::AccountKind;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, QueryOf, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AiUsageQuery {
    /// A month such as `2026-11`; the present one if left out.
    month: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AiUsageView {
    pub month: SpendMonth,
    /// All questions to models, in total.
    pub total: AiUsage,
    /// What they were asked for, the dearest first: each user's own requests, and columns that fill themselves. Runs, opening
    /// lines and readings of answers are in the total alone.
    pub rows: Vec<AiUsageRow>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AiUsageRow {
    pub scope: BudgetScope,
    pub usage: AiUsage,
}

#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct AiUsage {
    /// The questions that were answered, whether or not the answer was taken.
    pub answered: u64,
    /// The questions whose answer was lost; they are paid in full.
    pub lost: u64,
    /// Millionths of a US dollar.
    pub cost: Usd,
}

impl AiUsage {
    fn of(budget: &Budget) -> Self {
        let mut usage = Self::default();
        for (outcome, tally) in budget.tallies.get(AccountKind::ChatModel.as_str()).into_iter().flatten() {
            match outcome {
                BookingOutcome::Hit | BookingOutcome::Miss => usage.answered += tally.calls,
                BookingOutcome::Lost => usage.lost += tally.calls,
            }
            usage.cost = usage.cost + tally.amount;
        }
        usage
    }
}

/// Months are those of UTC, as providers bill.
#[utoipa::path(get, path = "/api/ai/usage", operation_id = "get_ai_usage", params(("month" = Option<String>, Query)),
    responses((status = 200, body = AiUsageView)))]
pub async fn get_ai_usage(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<AiUsageQuery>,
) -> ApiResult<JsonBody<AiUsageView>> {
    let mut errors = FieldErrors::default();
    let asked =
        query.month.as_deref().map(|text| SpendMonth::parse(text).ok_or("is not a month such as 2026-11"));
    let asked = asked.and_then(|month| errors.take("month", month));
    errors.finish()?;
    let month = asked.unwrap_or_else(|| SpendMonth::at(app.clock.now()));
    let (mut total, mut rows) = (AiUsage::default(), Vec::new());
    for budget in app.spend.budgets_in_month(&caller.workspace, &month).await? {
        let usage = AiUsage::of(&budget);
        match budget.scope {
            BudgetScope::Month { .. } => total = usage,
            scope if usage.answered + usage.lost > 0 => rows.push(AiUsageRow { scope, usage }),
            _ => {}
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.usage.cost));
    Ok(JsonBody(AiUsageView { month, total, rows }))
}
