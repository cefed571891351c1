//! `GET /api/calls/stats`: the calls that the caller has made today and this week.

use crate::App;
use axum::extract::State;
use domain::time::time_zone::ZoneName;
use domain::workspace::task::{Task, TaskOutcome};
use http_api::{ApiError, ApiResult, Caller, JsonBody, QueryOf, axum, utoipa};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most calls of a workspace and week that are counted.
const MOST: usize = 5_000;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallStatsQuery {
    /// The IANA time zone in which days and weeks begin; UTC if left out. Weeks begin on Monday.
    zone: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CallStats {
    pub today: CallFigures,
    pub week: CallFigures,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CallFigures {
    pub calls: u32,
    /// The calls in which the lead itself was on the phone.
    pub reached: u32,
    /// The calls in which a meeting was booked.
    pub meetings: u32,
}

impl CallFigures {
    fn of<'a>(calls: impl Iterator<Item = &'a Task>) -> Self {
        calls.fold(Self::default(), |sum, call| Self {
            calls: sum.calls + 1,
            reached: sum.reached + u32::from(call.outcome.is_some_and(TaskOutcome::has_reached)),
            meetings: sum.meetings + u32::from(call.outcome == Some(TaskOutcome::Booked)),
        })
    }
}

#[utoipa::path(get, path = "/api/calls/stats", operation_id = "get_call_stats", params(CallStatsQuery),
    responses((status = 200, body = CallStats)))]
pub async fn get_call_stats(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<CallStatsQuery>,
) -> ApiResult<JsonBody<CallStats>> {
    let zone = match query.zone.as_deref() {
        None | Some("") => ZoneName::utc(),
        Some(zone) => {
            ZoneName::parse_given(zone).map_err(|error| ApiError::invalid("query.zone", error.to_string()))?
        }
    };
    let (zone, now) = (zone.zone(), app.clock.now());
    let today = now.to_zoned(zone.clone()).date();
    let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
    let next_monday = begin(monday.saturating_add(7.days()), &zone, now);
    let (today, monday) = (begin(today, &zone, now), begin(monday, &zone, now));
    let mut calls = app.tasks.calls_between(&caller.workspace, monday..next_monday, MOST).await?;
    calls.retain(|call| caller.user().is_none_or(|user| call.done_by.as_ref() == Some(user)));
    let is_of_today = |call: &&Task| call.done_at.is_some_and(|at| at >= today);
    let stats = CallStats {
        today: CallFigures::of(calls.iter().filter(is_of_today)),
        week: CallFigures::of(calls.iter()),
    };
    Ok(JsonBody(stats))
}

fn begin(day: Date, zone: &TimeZone, now: Timestamp) -> Timestamp {
    day.to_zoned(zone.clone()).map_or(now, |begin| begin.timestamp())
}
