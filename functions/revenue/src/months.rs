//! Sums days up to months, with the MRR at the end of each, and projects the next months.

use application::ports::stats::{Counters, Metric};
use http_api::utoipa;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct MonthMovement {
    /// `2026-11`
    pub month: String,
    pub new_minor: i64,
    pub expansion_minor: i64,
    /// A positive number, as is churn.
    pub contraction_minor: i64,
    pub churn_minor: i64,
    pub net_minor: i64,
    /// The MRR at the month's end; for the present month, now.
    pub mrr_minor: i64,
    pub collected_minor: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ProjectedMonth {
    pub month: String,
    pub mrr_minor: i64,
}

pub fn first_of_month(date: Date) -> Date {
    date.first_of_month()
}

fn name(date: Date) -> String {
    date.strftime("%Y-%m").to_string()
}

/// The months from that of `from` to that of `to`, oldest first.
pub fn months(days: &BTreeMap<Date, Counters>, from: Date, to: Date, mrr_now: i64) -> Vec<MonthMovement> {
    let mut months = Vec::new();
    let mut month = first_of_month(from);
    while month <= to {
        let Ok(next) = month.checked_add(1.month()) else { break };
        months.push(movement(month, days.range(month..next).map(|(_, counters)| counters)));
        month = next;
    }
    let mut mrr = mrr_now;
    for month in months.iter_mut().rev() {
        month.mrr_minor = mrr;
        mrr -= month.net_minor;
    }
    months
}

fn movement<'a>(month: Date, days: impl Iterator<Item = &'a Counters>) -> MonthMovement {
    let mut sum = Counters::new();
    for (metric, by) in days.flatten() {
        *sum.entry(*metric).or_default() += by;
    }
    let of = |metric| sum.get(&metric).copied().unwrap_or(0);
    let (gained, lost) = (
        (of(Metric::MrrNewMinor), of(Metric::MrrExpansionMinor)),
        (of(Metric::MrrContractionMinor).abs(), of(Metric::MrrChurnMinor).abs()),
    );
    MonthMovement {
        month: name(month),
        new_minor: gained.0,
        expansion_minor: gained.1,
        contraction_minor: lost.0,
        churn_minor: lost.1,
        net_minor: gained.0 + gained.1 - lost.0 - lost.1,
        mrr_minor: 0,
        collected_minor: of(Metric::CollectedMinor),
    }
}

/// The next months, each moving by the mean of the last three, where the present month counts as it is. Never
/// below zero.
pub fn projection(months: &[MonthMovement], to: Date, mrr_now: i64, count: i32) -> Vec<ProjectedMonth> {
    let recent = &months[months.len().saturating_sub(3)..];
    let mean = match i64::try_from(recent.len()) {
        Ok(0) | Err(_) => 0,
        Ok(n) => recent.iter().map(|month| month.net_minor).sum::<i64>() / n,
    };
    let after = |i: i32| first_of_month(to).saturating_add(i.months());
    (1..=count)
        .map(|i| ProjectedMonth { month: name(after(i)), mrr_minor: (mrr_now + mean * i64::from(i)).max(0) })
        .collect()
}
