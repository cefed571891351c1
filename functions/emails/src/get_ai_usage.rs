//! `GET /api/ai/usage`: what language models were asked for, day by day, and what that cost.

use crate::App;
use axum::extract::State;
use domain::spend::{AiUse, AiUseOfDay, ModelTokens, Usd};
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, QueryOf, axum, utoipa};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The days that are told if none are named.
const USUAL_DAYS: i64 = 30;
const MOST_DAYS: i32 = 92;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AiUsageQuery {
    /// The first day, such as `2026-11-01`; the 30th up to `to` if left out.
    from: Option<String>,
    /// The last day; today if left out.
    to: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AiUsageView {
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    pub total: AiUsage,
    /// One row for each day, use and model, in this order. A day on which no model was asked has none.
    pub rows: Vec<AiUsageRow>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AiUsageRow {
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    pub ai_use: AiUse,
    pub model: String,
    pub usage: AiUsage,
}

#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct AiUsage {
    /// The questions that were answered, whether or not the answer was taken.
    pub answered: u64,
    /// The questions whose answer was lost; they are paid in full.
    pub lost: u64,
    /// The answers that the checks turned down.
    pub turned_down: u64,
    pub tokens: ModelTokens,
    /// Millionths of a US dollar.
    pub cost: Usd,
}

impl AiUsage {
    fn of(used: &AiUseOfDay) -> Self {
        let AiUseOfDay { answered, lost, turned_down, tokens, cost, .. } = *used;
        Self { answered, lost, turned_down, tokens, cost }
    }

    fn add(&mut self, used: &AiUseOfDay) {
        self.answered += used.answered;
        self.lost += used.lost;
        self.turned_down += used.turned_down;
        self.tokens.prompt += used.tokens.prompt;
        self.tokens.completion += used.tokens.completion;
        self.cost = self.cost + used.cost;
    }
}

/// Days are those of UTC, as providers bill.
#[utoipa::path(get, path = "/api/ai/usage", operation_id = "get_ai_usage",
    params(("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, body = AiUsageView)))]
pub async fn get_ai_usage(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<AiUsageQuery>,
) -> ApiResult<JsonBody<AiUsageView>> {
    let (from, to) = days_of(&query, app.clock.now())?;
    let used = app.spend.ai_use(&caller.workspace, from, to).await?;
    let mut total = AiUsage::default();
    for one in &used {
        total.add(one);
    }
    let rows = used.into_iter().map(|one| {
        let usage = AiUsage::of(&one);
        AiUsageRow { day: one.day, ai_use: one.ai_use, model: one.model, usage }
    });
    Ok(JsonBody(AiUsageView { from, to, total, rows: rows.collect() }))
}

fn days_of(query: &AiUsageQuery, now: Timestamp) -> ApiResult<(Date, Date)> {
    let mut errors = FieldErrors::default();
    let mut read = |field: &str, text: &Option<String>| {
        let day = text.as_deref()?.parse::<Date>().map_err(|_| "is not a day such as 2026-11-28");
        errors.take(field, day)
    };
    let (from, to) = (read("from", &query.from), read("to", &query.to));
    errors.finish()?;
    let to = to.unwrap_or_else(|| now.to_zoned(TimeZone::UTC).date());
    let from = from.unwrap_or_else(|| to.saturating_sub(Span::new().days(USUAL_DAYS - 1)));
    let mut errors = FieldErrors::default();
    if from > to {
        errors.add("from", "is after the last day");
    } else if (to - from).get_days() >= MOST_DAYS {
        errors.add("from", format!("is more than {MOST_DAYS} days before the last day"));
    }
    errors.finish()?;
    Ok((from, to))
}
