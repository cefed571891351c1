//! Days on which nothing goes out to a lead: public holidays where the lead is, and the workspace's own days off.

use crate::contact::country::Country;
use crate::contact::phone_number::PhoneNumber;
use crate::lead::Lead;
use crate::text_match::folded;
use crate::time::holidays::{Holiday, public_holidays};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;

pub const MAX_DAYS_OFF: usize = 200;
pub const MAX_DAY_OFF_NAME: usize = 80;

/// A day off of the workspace, by the lead's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DayOff {
    pub date: Date,
    pub name: String,
    /// Whether it recurs on this day every year.
    #[serde(default)]
    pub yearly: bool,
}

impl DayOff {
    fn falls_on(&self, day: Date) -> bool {
        self.date == day || (self.yearly && (self.date.month(), self.date.day()) == (day.month(), day.day()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadDayOff {
    #[error("has at most {MAX_DAYS_OFF} days")]
    TooMany,
    #[error("needs a name of one line, at most {MAX_DAY_OFF_NAME} characters")]
    BadName,
    #[error("is already in the list")]
    Twice,
}

/// The faults of a list of days, each with the index of its day; the fault “too many” concerns the whole
/// list.
pub fn bad_days_off(days: &[DayOff]) -> Vec<(Option<usize>, BadDayOff)> {
    if days.len() > MAX_DAYS_OFF {
        return vec![(None, BadDayOff::TooMany)];
    }
    let mut found = Vec::new();
    for (i, day) in days.iter().enumerate() {
        let name = day.name.trim();
        if name.is_empty() || name.contains(['\r', '\n']) || name.chars().count() > MAX_DAY_OFF_NAME {
            found.push((Some(i), BadDayOff::BadName));
        }
        if days[..i].iter().any(|before| before.falls_on(day.date) || day.falls_on(before.date)) {
            found.push((Some(i), BadDayOff::Twice));
        }
    }
    found
}

/// How far ahead a working day is looked for.
const MOST_DAYS_AHEAD: usize = 1_000;

/// The days off that apply to one lead.
#[derive(Debug, Clone, Copy)]
pub struct DaysOff<'a> {
    country: Option<Country>,
    public: &'static [Holiday],
    own: &'a [DayOff],
}

/// The reason why a day is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion<'a> {
    Holiday { name: &'static str, country: Country },
    Own(&'a str),
}

impl<'a> Occasion<'a> {
    pub fn name(self) -> &'a str {
        match self {
            Self::Holiday { name, .. } => name,
            Self::Own(name) => name,
        }
    }
}

impl fmt::Display for Occasion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Holiday { name, country } => write!(f, "holiday: {name} ({country})"),
            Self::Own(name) => write!(f, "day off: {name}"),
        }
    }
}

impl<'a> DaysOff<'a> {
    pub const NONE: DaysOff<'static> = DaysOff { country: None, public: &[], own: &[] };

    /// The days off of a lead. Without a country, which a phone number may tell, there are only the workspace's own.
    pub fn of(lead: &Lead, own: &'a [DayOff]) -> Self {
        let country = lead.country.or_else(|| lead.phone.as_ref().and_then(PhoneNumber::country));
        let public = country.map(|country| public_holidays(country, regions(lead))).unwrap_or_default();
        Self { country, public, own }
    }

    /// The days off of those who work in a country for the workspace.
    pub fn in_country(country: Country, own: &'a [DayOff]) -> Self {
        Self { country: Some(country), public: public_holidays(country, []), own }
    }

    pub fn of_workspace(own: &'a [DayOff]) -> Self {
        Self { own, ..DaysOff::NONE }
    }

    /// Whether this is a working day: Monday to Friday, and not off.
    pub fn has_work_on(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && self.on(day).is_none()
    }

    /// The working day so many working days after a day, which itself does not count. None if the next years have too few.
    pub fn working_day_after(&self, day: Date, count: u8) -> Option<Date> {
        let later = day.series(1.day()).skip(1).take(MOST_DAYS_AHEAD);
        match usize::from(count).checked_sub(1) {
            Some(before) => later.filter(|day| self.has_work_on(*day)).nth(before),
            None => Some(day),
        }
    }

    pub fn without_public(self) -> Self {
        Self { public: &[], ..self }
    }

    pub fn on(&self, day: Date) -> Option<Occasion<'a>> {
        let own = self.own.iter().find(|own| own.falls_on(day)).map(|own| Occasion::Own(&own.name));
        own.or_else(|| {
            let found = self.public.binary_search_by_key(&day, |holiday| holiday.date).ok()?;
            Some(Occasion::Holiday { name: self.public[found].name, country: self.country? })
        })
    }
}

/// Usual names of the column with the part of a country.
const REGION_COLUMNS: [&str; 9] = [
    "state",
    "region",
    "province",
    "provincia",
    "bundesland",
    "kanton",
    "canton",
    "stateprovince",
    "regione",
];

/// Texts that may name the lead's region, best first: a column of the file, the address from its end, the city.
fn regions(lead: &Lead) -> impl Iterator<Item = &str> {
    let columns = lead.custom.iter().filter(|(name, _)| REGION_COLUMNS.contains(&folded(name).as_str()));
    let address = lead.address.as_deref().unwrap_or_default().rsplit([',', '\n']);
    let address = address.map(|part| part.trim_matches(|c: char| !c.is_alphabetic()));
    columns.map(|(_, value)| value.as_str()).chain(address).chain(lead.city.as_deref())
}

#[cfg(test)]
mod tests;
