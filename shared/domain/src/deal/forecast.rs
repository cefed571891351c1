//! The forecast: open deals by the month in which they are expected, won ones by the month in which they were won.

use super::{Deal, DealOutcome, DealSums};
use crate::time::calendar_month::CalendarMonth;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The deals of one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastMonth {
    pub month: CalendarMonth,
    pub open: DealSums,
    pub won: DealSums,
}

/// Sums deals by month, from `first` to `last`, months without deals included. Open deals whose day has passed before
/// `first` count in none; `overdue` says what they come to.
pub fn forecast<'a>(
    deals: impl IntoIterator<Item = (&'a Deal, u8)>,
    months: &[CalendarMonth],
) -> (Vec<ForecastMonth>, DealSums) {
    let empty =
        |month: &CalendarMonth| (month.as_str().to_owned(), (DealSums::default(), DealSums::default()));
    let mut by_month: BTreeMap<String, (DealSums, DealSums)> = months.iter().map(empty).collect();
    let mut overdue = DealSums::default();
    let first = months.first().map(|month| month.as_str().to_owned());
    for (deal, chance) in deals {
        match &deal.closed {
            None => {
                let month = month_of(deal.close_on);
                match by_month.get_mut(&month) {
                    Some((open, _)) => open.add(deal, chance),
                    None if first.as_ref().is_some_and(|first| month < *first) => overdue.add(deal, chance),
                    None => {}
                }
            }
            Some(closing) if closing.outcome == DealOutcome::Won => {
                if let Some((_, won)) = by_month.get_mut(CalendarMonth::at(closing.at).as_str()) {
                    won.add(deal, 100);
                }
            }
            Some(_) => {}
        }
    }
    let of = |month: &CalendarMonth| {
        let (open, won) = by_month.remove(month.as_str()).unwrap_or_default();
        ForecastMonth { month: month.clone(), open, won }
    };
    (months.iter().map(of).collect(), overdue)
}

fn month_of(day: Date) -> String {
    day.strftime("%Y-%m").to_string()
}
