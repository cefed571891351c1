//! Public holidays by country and, where regions differ, by region.
//!
//! The table is generated (`holidays/generate.py`) and ends with the year that its first line names; later days are
//! taken for working days.

use crate::contact::country::Country;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};
use unicode_normalization::UnicodeNormalization;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    pub date: Date,
    /// The name, in English if the table has it in English.
    pub name: &'static str,
}

/// The holidays in order of date: those of the first region that has days of its own, else the country's. A
/// region is a name or the second part of an ISO 3166-2 code.
pub fn public_holidays<'r>(
    country: Country,
    regions: impl IntoIterator<Item = &'r str>,
) -> &'static [Holiday] {
    let table = &*TABLE;
    let regional = regions.into_iter().find_map(|region| table.holidays(table.code_of(country, region)?));
    regional.or_else(|| table.holidays(country.as_str())).unwrap_or_default()
}

struct Table {
    years: std::ops::Range<i16>,
    names: Vec<&'static str>,
    /// Calendars by `GB` or `GB-SCT`.
    calendars: HashMap<&'static str, Calendar>,
    /// A region's code by its country and its name in plain letters.
    regions: HashMap<(&'static str, &'static str), &'static str>,
}

struct Calendar {
    told: &'static str,
    /// The holidays, computed when a lead there is first planned.
    holidays: OnceLock<Vec<Holiday>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("holidays/table.txt")));

impl Table {
    /// Reads the table: `# Public holidays 2026-2033, …`, all names, then lines of `code|names of the region|name=MMDD …;…`.
    fn read(text: &'static str) -> Self {
        let mut lines = text.lines();
        let years = lines.next().and_then(years_of).unwrap_or(0..0);
        let names = lines.next().unwrap_or_default().split('|').collect();
        let mut table = Self { years, names, calendars: HashMap::new(), regions: HashMap::new() };
        for line in lines {
            let mut parts = line.splitn(3, '|');
            let mut part = || parts.next().unwrap_or_default();
            let (code, regions, told) = (part(), part(), part());
            let country = code.get(..2).unwrap_or_default();
            for name in regions.split(' ').filter(|name| !name.is_empty()) {
                table.regions.insert((country, name), code);
            }
            table.calendars.insert(code, Calendar { told, holidays: OnceLock::new() });
        }
        table
    }

    fn code_of(&'static self, country: Country, region: &str) -> Option<&'static str> {
        let code = format!("{}-{}", country.as_str(), region.trim().to_uppercase());
        let by_code = self.calendars.get_key_value(code.as_str()).map(|(code, _)| *code);
        by_code.or_else(|| self.regions.get(&(country.as_str(), plain(region).as_str())).copied())
    }

    fn holidays(&'static self, code: &str) -> Option<&'static [Holiday]> {
        let calendar = self.calendars.get(code)?;
        Some(calendar.holidays.get_or_init(|| {
            let national =
                code.get(..2).filter(|_| code.len() > 2).and_then(|country| self.holidays(country));
            let mut holidays = national.map(<[Holiday]>::to_vec).unwrap_or_default();
            calendar.told.split(';').for_each(|entry| self.apply(&mut holidays, entry));
            holidays.sort_unstable_by_key(|holiday| holiday.date);
            holidays
        }))
    }

    /// Applies one entry: `c=1225` for every year, `5=0406 - …` year by year; `!` as the name removes the days.
    fn apply(&self, holidays: &mut Vec<Holiday>, entry: &str) {
        let Some((name, days)) = entry.split_once('=') else { return };
        let number = usize::from_str_radix(name, 36).ok();
        let name = number.and_then(|number| self.names.get(number).copied());
        let every = Some(days).filter(|days| days.len() == 4);
        for (index, year) in self.years.clone().enumerate() {
            let day = every.or_else(|| days.split(' ').nth(index));
            let Some(date) = day.and_then(|day| date_of(year, day)) else { continue };
            match name {
                Some(name) => holidays.push(Holiday { date, name }),
                None => holidays.retain(|kept| kept.date != date),
            }
        }
    }
}

fn years_of(heading: &str) -> Option<std::ops::Range<i16>> {
    let (first, last) = heading.split(' ').nth(3)?.trim_end_matches(',').split_once('-')?;
    Some(first.parse().ok()?..last.parse::<i16>().ok()? + 1)
}

fn date_of(year: i16, day: &str) -> Option<Date> {
    Date::new(year, day.get(..2)?.parse().ok()?, day.get(2..)?.parse().ok()?).ok()
}

fn plain(name: &str) -> String {
    name.to_lowercase().nfkd().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(country: &str, region: Option<&str>, day: &str) -> Option<&'static str> {
        let (country, day) = (Country::parse(country).unwrap(), day.parse().unwrap());
        let found = public_holidays(country, region).iter().find(|holiday| holiday.date == day);
        found.map(|holiday| holiday.name)
    }

    #[test]
    fn days_are_the_countrys_and_the_regions_if_it_differs() {
        let has = |country, region, day| named(country, region, day).is_some();
        // Christmas 2026 is a Friday; Boxing Day moves to Monday.
        assert_eq!(named("GB", None, "2026-12-25"), Some("Christmas Day"));
        assert_eq!(named("GB", None, "2026-12-28"), Some("Boxing Day"));
        assert!(!has("GB", None, "2026-12-24") && !has("GB", None, "2026-12-29"));
        assert!(has("GB", None, "2027-03-29") && !has("GB", Some("Scotland"), "2027-03-29"));
        assert!(has("GB", Some("SCT"), "2026-11-30") && !has("GB", None, "2026-11-30"));
        assert!(has("DE", Some("Bayern"), "2026-06-04") && has("DE", Some("by"), "2026-06-04"));
        assert!(!has("DE", Some("Berlin"), "2026-06-04"));
        assert_eq!(named("US", None, "2026-11-26"), Some("Thanksgiving Day"));
        assert_eq!(named("US", Some("Massachusetts"), "2027-04-19"), Some("Patriots' Day"));
        assert!(has("DE", Some("Baden-Württemberg"), "2027-01-06"));
        assert!(has("US", Some("Atlantis"), "2026-07-03"), "an unknown region has its country's days");
    }

    #[test]
    fn first_region_with_days_of_its_own_counts() {
        let germany = Country::parse("DE").unwrap();
        let bavaria = public_holidays(germany, ["80331 München", "Bayern", "Sachsen"]);
        assert_eq!(bavaria, public_holidays(germany, ["BY"]));
        assert_eq!(public_holidays(germany, ["nowhere"]), public_holidays(germany, None));
    }

    #[test]
    fn every_line_of_the_table_is_read_and_every_year_has_days() {
        let table = &*TABLE;
        let lines = include_str!("holidays/table.txt").lines().skip(2).count();
        assert_eq!(table.calendars.len(), lines);
        for code in table.calendars.keys() {
            let holidays = table.holidays(code).unwrap();
            let days: Vec<Date> = holidays.iter().map(|holiday| holiday.date).collect();
            assert!(days.windows(2).all(|pair| pair[0] < pair[1]), "{code}");
            assert!(holidays.iter().all(|holiday| !holiday.name.is_empty()), "{code}");
            assert!(Country::parse(&code[..2]).is_some(), "{code}");
        }
        for code in ["US", "GB", "DE", "FR", "IN", "AU", "BR", "ZA", "JP", "AE"] {
            let years = table.holidays(code).unwrap().iter().map(|holiday| holiday.date.year());
            assert_eq!(years.collect::<std::collections::BTreeSet<_>>(), (2026..2034).collect(), "{code}");
        }
    }
}
