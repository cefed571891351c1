//! How a file writes numbers and dates, where that differs between countries: `1.234` is a thousand and more in Germany,
//! and `03/04/2026` is in March in the United States.

use crate::contact::country::Country;
use crate::text_match::folded;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The spelling of a file's numbers and dates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spelling {
    /// Whether the comma is the decimal sign, so that `1.234` is a thousand and more. If unknown, a sign that stands
    /// alone is the decimal one.
    #[serde(default)]
    pub decimal_comma: Option<bool>,
    /// Whether the day comes before the month in `03/04/2026`. If unknown, only dates such as `2026-11-28` are read.
    #[serde(default)]
    pub day_first: Option<bool>,
}

/// Evidence of a file's spelling, collected value by value.
#[derive(Debug, Clone, Copy, Default)]
pub struct SpellingEvidence {
    decimal_commas: u32,
    decimal_points: u32,
    days_first: u32,
    months_first: u32,
}

impl SpellingEvidence {
    /// Notes a number or an amount.
    pub fn take_number(&mut self, text: &str) {
        match decimal_is_comma(text) {
            Some(true) => self.decimal_commas += 1,
            Some(false) => self.decimal_points += 1,
            None => {}
        }
    }

    pub fn take_date(&mut self, text: &str) {
        let Some(([first, second, _], '/' | '-')) = numbers(without_time(text)) else { return };
        match (first.parse::<u8>(), second.parse::<u8>()) {
            (Ok(13..=31), Ok(1..=12)) => self.days_first += 1,
            (Ok(1..=12), Ok(13..=31)) => self.months_first += 1,
            _ => {}
        }
    }

    /// Decides by what most values say, else by the separator of the file's columns (Excel writes semicolons where the
    /// comma is the decimal sign), else by the country.
    pub fn spelling(&self, delimiter: Option<char>, country: Option<Country>) -> Spelling {
        let by_file = (delimiter == Some(';')).then_some(true);
        let by_country = || country.map(has_decimal_comma);
        let more = |one: u32, other: u32| (one != other).then_some(one > other);
        Spelling {
            decimal_comma: more(self.decimal_commas, self.decimal_points).or(by_file).or_else(by_country),
            day_first: more(self.days_first, self.months_first)
                .or_else(|| Some(!country.is_some_and(writes_month_first))),
        }
    }
}

/// Tells which sign is the decimal one, where the number itself says so.
fn decimal_is_comma(text: &str) -> Option<bool> {
    let number = text.trim_matches(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','));
    let count = |sign: char| number.matches(sign).count();
    let of_one = |sign: char| match count(sign) {
        0 => None,
        1 => (!may_group(number, sign)).then_some(true),
        _ => Some(false),
    };
    match (number.rfind('.'), number.rfind(',')) {
        (Some(point), Some(comma)) => Some(comma > point),
        (None, Some(_)) => of_one(','),
        (Some(_), None) => of_one('.').map(|decimal| !decimal),
        (None, None) => None,
    }
}

/// Tells whether the only sign of its sort in a number may part thousands from hundreds.
pub(super) fn may_group(number: &str, sign: char) -> bool {
    let Some((whole, rest)) = number.split_once(sign) else { return false };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    rest.len() == 3
        && digits(rest)
        && (1..=3).contains(&whole.len())
        && digits(whole)
        && !whole.starts_with('0')
}

/// Whether the comma is the decimal sign in the country: it is in all but these.
fn has_decimal_comma(country: Country) -> bool {
    !matches!(
        country.as_str(),
        "AU" | "BD"
            | "BW"
            | "CA"
            | "CH"
            | "CN"
            | "DO"
            | "EG"
            | "GB"
            | "GH"
            | "GT"
            | "HK"
            | "HN"
            | "IE"
            | "IL"
            | "IN"
            | "JM"
            | "JO"
            | "JP"
            | "KE"
            | "KR"
            | "LI"
            | "LK"
            | "MT"
            | "MX"
            | "MY"
            | "NG"
            | "NI"
            | "NP"
            | "NZ"
            | "PA"
            | "PH"
            | "PK"
            | "PR"
            | "SA"
            | "SG"
            | "SV"
            | "TH"
            | "TT"
            | "TW"
            | "TZ"
            | "UG"
            | "US"
            | "ZA"
            | "ZW"
            | "AE"
    )
}

fn writes_month_first(country: Country) -> bool {
    matches!(country.as_str(), "US" | "PR" | "GU" | "PH" | "PW" | "FM" | "MH")
}

/// Reads a date as files have it: in figures, `28.11.2026` or `11/28/26`, or with the month's name, `28 Nov 2026`. A time
/// of day behind it is passed over. With points between the figures the day always comes first.
pub(super) fn written_date(text: &str, day_first: bool) -> Option<Date> {
    let text = without_time(text);
    let Some((parts, sign)) = numbers(text) else { return with_month_name(text) };
    let [year, month, day] = match parts {
        [year, month, day] if year.len() == 4 => [year, month, day],
        [day, month, year] if day_first || sign == '.' => [year, month, day],
        [month, day, year] => [year, month, day],
    };
    Date::new(read_year(year)?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The text up to a time of day, which has a colon.
fn without_time(text: &str) -> &str {
    let date =
        text.find(':').and_then(|colon| text[..colon].rfind([' ', 'T'])).map_or(text, |end| &text[..end]);
    date.trim().trim_end_matches(',')
}

/// The three numbers of a date in figures, and the sign between them.
fn numbers(text: &str) -> Option<([&str; 3], char)> {
    let sign = text.chars().find(|c| !c.is_ascii_digit())?;
    let mut parts = text.split(sign).map(str::trim);
    let parts = [parts.next()?, parts.next()?, parts.next().filter(|_| parts.next().is_none())?];
    let figures = parts
        .iter()
        .all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()));
    (figures && matches!(sign, '.' | '/' | '-')).then_some((parts, sign))
}

/// Reads a year of four figures, or of two: up to 69 they are of this century.
fn read_year(text: &str) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 => Some(if year < 70 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

fn with_month_name(text: &str) -> Option<Date> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words = words.filter(|word| !matches!(*word, "de" | "of" | "del"));
    let words = [words.next()?, words.next()?, words.next().filter(|_| words.next().is_none())?];
    let is_name = |word: &str| word.starts_with(char::is_alphabetic);
    let (name, day, year) = match words {
        [name, day, year] if is_name(name) => (name, day, year),
        [day, name, year] if is_name(name) => (name, day, year),
        _ => return None,
    };
    let day = ["st", "nd", "rd", "th"].iter().find_map(|end| day.strip_suffix(end)).unwrap_or(day);
    Date::new(read_year(year)?, month_of(name)?, day.parse().ok()?).ok()
}

/// The beginnings of the months' names in English, German, French, Spanish, Italian, Dutch and Portuguese.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen"],
    &["feb", "fev"],
    &["mar", "maa", "mrz", "mae"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mei", "mag"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "dic"],
];

fn month_of(name: &str) -> Option<i8> {
    let name = folded(name);
    let place = MONTHS.iter().position(|begins| begins.iter().any(|begin| name.starts_with(begin)))?;
    i8::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(
        numbers: &[&str],
        dates: &[&str],
        delimiter: char,
        country: &str,
    ) -> (Option<bool>, Option<bool>) {
        let mut evidence = SpellingEvidence::default();
        numbers.iter().for_each(|number| evidence.take_number(number));
        dates.iter().for_each(|date| evidence.take_date(date));
        let spelling = evidence.spelling(Some(delimiter), Country::parse(country));
        (spelling.decimal_comma, spelling.day_first)
    }

    #[test]
    fn spelling_is_what_the_values_say_before_separator_and_country() {
        for (numbers, delimiter, country, comma) in [
            (&["1.234,50", "7"][..], ',', "US", true),
            (&["12,5"], ',', "US", true),
            (&["1.234.567"], ',', "US", true),
            (&["1,234.5 EUR"], ';', "DE", false),
            (&["0.125"], ';', "DE", false),
            (&["1.234"], ';', "GB", true),
            (&["1.234"], ',', "DE", true),
            (&["1.234"], ',', "GB", false),
            (&["1,5", "2.5"], ',', "US", false),
        ] {
            assert_eq!(spelled(numbers, &[], delimiter, country).0, Some(comma), "{numbers:?} {country}");
        }
        for (dates, country, day_first) in [
            (&["03/04/2026", "13/04/2026"][..], "US", true),
            (&["3/14/26"], "GB", false),
            (&["03/04/2026", "2026-11-28", "13.04.2026"], "US", false),
            (&["03-04-2026 10:00"], "GB", true),
        ] {
            assert_eq!(spelled(&[], dates, ',', country).1, Some(day_first), "{dates:?} {country}");
        }
    }

    #[test]
    fn date_is_read_in_the_spellings_of_files() {
        for text in [
            "2026-11-28",
            "2026/11/28",
            "28.11.2026",
            "28. 11. 2026",
            "28.11.26",
            "28/11/2026",
            "28-11-2026",
            "2026-11-28T09:30:00Z",
            "28/11/2026 09:30",
            "28 Nov 2026",
            "28. November 2026",
            "Nov 28th, 2026",
            "November 28, 2026, 9:30 AM",
            "28 de noviembre de 2026",
        ] {
            assert_eq!(written_date(text, true), Some(jiff::civil::date(2026, 11, 28)), "{text}");
        }
        assert_eq!(written_date("11/28/2026", false), Some(jiff::civil::date(2026, 11, 28)));
        assert_eq!(written_date("3.4.99", false), Some(jiff::civil::date(1999, 4, 3)), "points: day first");
        assert_eq!(written_date("1 März 2026", true), Some(jiff::civil::date(2026, 3, 1)));
        assert_eq!(written_date("14 juillet 2026", true), Some(jiff::civil::date(2026, 7, 14)));
        for text in
            ["11/28/2026", "31.02.2026", "28.11.", "soon", "28 Nonsense 2026", "1/2/345", "2026", ":", ""]
        {
            assert_eq!(written_date(text, true), None, "{text}");
        }
    }
}
