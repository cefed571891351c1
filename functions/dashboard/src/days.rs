//! The days that a request asks for: the last so many, or from one day to another, in UTC.

use crate::App;
use application::ports::stats::Counters;
use domain::WorkspaceId;
use http_api::{ApiError, ApiResult, utoipa};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use std::collections::BTreeMap;

const MOST_DAYS: i32 = 400;

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DaysQuery {
    /// The first day, such as `2026-11-01`.
    pub from: Option<String>,
    /// The last day; today, if left out.
    pub to: Option<String>,
    /// The number of days up to `to`; used instead of `from`.
    pub days: Option<i32>,
}

pub fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// The day that is `count` days before this one.
pub fn back(date: Date, count: i32) -> Date {
    date.saturating_sub(count.days())
}

impl DaysQuery {
    /// Returns the first and the last day; `usual` is the number of days when the request names none.
    pub fn parse(&self, now: Timestamp, usual: i32) -> ApiResult<(Date, Date)> {
        let to = date("query.to", self.to.as_deref())?.unwrap_or_else(|| today(now));
        let from = match (date("query.from", self.from.as_deref())?, self.days) {
            (Some(_), Some(_)) => return Err(ApiError::invalid("query.days", "give days or from, not both")),
            (Some(from), None) => from,
            (None, days) => {
                let days = days.unwrap_or(usual);
                if !(1..=MOST_DAYS).contains(&days) {
                    return Err(ApiError::invalid("query.days", format!("must be from 1 to {MOST_DAYS}")));
                }
                back(to, days - 1)
            }
        };
        if from > to {
            return Err(ApiError::invalid("query.from", "must not be after the last day"));
        }
        if span(from, to) > MOST_DAYS {
            return Err(ApiError::invalid("query.from", format!("at most {MOST_DAYS} days at a time")));
        }
        Ok((from, to))
    }
}

fn date(field: &str, text: Option<&str>) -> ApiResult<Option<Date>> {
    let text = text.filter(|text| !text.is_empty());
    let parsed =
        text.map(|text| text.parse().map_err(|_| ApiError::invalid(field, "must be a date, year first")));
    parsed.transpose()
}

/// The number of days from one to the other, both included.
pub fn span(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days() + 1)
}

impl App {
    /// The counters of every day of the span, including days without any. Money is that in the workspace's currency.
    pub(crate) async fn days(
        &self,
        workspace: &WorkspaceId,
        from: Date,
        to: Date,
    ) -> ApiResult<BTreeMap<Date, Counters>> {
        let currency = self.workspaces.get(workspace).await?.currency;
        let mut days = self.stats.days_in(workspace, currency, from, to).await?;
        let mut day = from;
        while day <= to {
            days.entry(day).or_default();
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        Ok(days)
    }
}
