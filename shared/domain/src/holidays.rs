//! Public holidays by country and, where regions differ, by region: days that are not working days.
//!
//! The table is generated (`holidays/generate.py`) and ends with the year that its first line names; later days are
//! taken for working days.

use crate::country::Country;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// In order of date. A region is a name or the second part of an ISO 3166-2 code; one that is unknown, or keeps its
/// country's days, has those.
pub fn public_holidays(country: Country, region: Option<&str>) -> &'static [Date] {
    let calendars = &*CALENDARS;
    let regional = region.and_then(|region| {
        let code = format!("{}-{}", country.as_str(), region.trim().to_uppercase());
        let named = || Some(calendars.regions.get(&(country.as_str(), plain(region)))?.as_str());
        calendars.days.get(code.as_str()).or_else(|| calendars.days.get(named()?))
    });
    regional.or_else(|| calendars.days.get(country.as_str())).map_or(&[], Vec::as_slice)
}

struct Calendars {
    /// By `GB` or `GB-SCT`.
    days: BTreeMap<&'static str, Vec<Date>>,
    /// A region's code by its country and its name in plain letters.
    regions: BTreeMap<(&'static str, String), String>,
}

static CALENDARS: LazyLock<Calendars> = LazyLock::new(|| read(include_str!("holidays/table.txt")));

/// `code|names|MMDD …|year MMDD …; year …`, a country before its regions, whose days are told as a difference.
fn read(table: &'static str) -> Calendars {
    let mut calendars = Calendars { days: BTreeMap::new(), regions: BTreeMap::new() };
    let years = table.lines().next().and_then(years_of).unwrap_or(0..0);
    for line in table.lines().skip(1) {
        let mut parts = line.split('|');
        let mut part = || parts.next().unwrap_or_default();
        let (code, names, every, by_year) = (part(), part(), part(), part());
        let country = code.get(..2).unwrap_or_default();
        for name in names.split(' ').filter(|name| !name.is_empty()) {
            calendars.regions.insert((country, name.to_owned()), code.to_owned());
        }
        let mut days = if code.len() > 2 {
            calendars.days.get(country).cloned().unwrap_or_default()
        } else {
            Vec::new()
        };
        for year in years.clone() {
            every.split_whitespace().for_each(|day| apply(&mut days, year, day));
        }
        for group in by_year.split("; ") {
            let (year, changes) = group.split_once(' ').unwrap_or_default();
            let Ok(year) = year.parse() else { continue };
            changes.split_whitespace().for_each(|day| apply(&mut days, year, day));
        }
        days.sort_unstable();
        calendars.days.insert(code, days);
    }
    calendars
}

/// `# Public holidays 2026-2033, …`
fn years_of(heading: &str) -> Option<std::ops::Range<i16>> {
    let (first, last) = heading.split(' ').nth(3)?.trim_end_matches(',').split_once('-')?;
    Some(first.parse().ok()?..last.parse::<i16>().ok()? + 1)
}

/// `0401` and `+0401` add a day, `-0401` takes one away.
fn apply(days: &mut Vec<Date>, year: i16, change: &str) {
    let day = change.trim_start_matches(['+', '-']);
    let number = |part: Option<&str>| part?.parse::<i8>().ok();
    let Some((month, day)) = number(day.get(..2)).zip(number(day.get(2..))) else { return };
    let Ok(date) = Date::new(year, month, day) else { return };
    if change.starts_with('-') {
        days.retain(|kept| *kept != date);
    } else {
        days.push(date);
    }
}

fn plain(name: &str) -> String {
    name.to_lowercase().nfkd().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(country: &str, region: Option<&str>) -> &'static [Date] {
        public_holidays(Country::parse(country).unwrap(), region)
    }

    fn has(country: &str, region: Option<&str>, day: &str) -> bool {
        of(country, region).contains(&day.parse().unwrap())
    }

    #[test]
    fn days_are_those_of_the_country_and_of_the_region_where_it_differs() {
        // Christmas 2026 is a Friday; Boxing Day moves to Monday.
        assert!(has("GB", None, "2026-12-25") && has("GB", None, "2026-12-28"));
        assert!(!has("GB", None, "2026-12-24") && !has("GB", None, "2026-12-29"));
        assert!(has("GB", None, "2027-03-29") && !has("GB", Some("Scotland"), "2027-03-29"));
        assert!(has("GB", Some("SCT"), "2026-11-30") && !has("GB", None, "2026-11-30"));
        assert!(has("DE", Some("Bayern"), "2026-06-04") && has("DE", Some("by"), "2026-06-04"));
        assert!(!has("DE", Some("Berlin"), "2026-06-04"));
        assert!(has("US", None, "2026-11-26"), "Thanksgiving");
        assert!(has("US", Some("Massachusetts"), "2027-04-19"), "Patriots' Day");
        assert!(has("DE", Some("Baden-Württemberg"), "2027-01-06"));
        assert!(has("US", Some("Atlantis"), "2026-07-03"), "an unknown region has its country's days");
    }

    #[test]
    fn every_line_of_the_table_is_read_and_every_year_has_days() {
        let calendars = &*CALENDARS;
        let lines = include_str!("holidays/table.txt").lines().skip(1).count();
        assert_eq!(calendars.days.len(), lines);
        for (code, days) in &calendars.days {
            assert!(days.is_sorted() && days.windows(2).all(|pair| pair[0] != pair[1]), "{code}");
            assert!(Country::parse(&code[..2]).is_some(), "{code}");
        }
        let years = |code: &str| {
            calendars.days[code].iter().map(|day| day.year()).collect::<std::collections::BTreeSet<_>>()
        };
        for code in ["US", "GB", "DE", "FR", "IN", "AU", "BR", "ZA", "JP", "AE"] {
            assert_eq!(years(code), (2026..2034).collect(), "{code}");
        }
    }
}
