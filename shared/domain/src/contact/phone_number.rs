//! A phone number in E.164, valid in its country's numbering plan and in today's spelling. A text that does
//! not parse stays text and is never messaged.

mod amount;
mod area_zones;
mod calling_codes;
mod lost_sign;
mod pattern;
mod plan;
mod spelling;
mod written;

use crate::contact::country::Country;
use crate::time::country_zone::zones_of;
use crate::time::time_zone::ZoneName;
use lost_sign::Surety;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use written::Written;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPhone {
    #[error("is empty")]
    Empty,
    #[error("is not a phone number")]
    NotANumber,
    #[error("has no country code, and no default country is set")]
    NoCountry,
    #[error("is not a valid number in its country")]
    NotValid,
    #[error("was shortened by a spreadsheet, so that its last digits are lost")]
    DigitsLost,
    #[error("may be a number of several countries: write it with a plus and the country code")]
    SeveralCountries,
}

impl PhoneNumber {
    /// Parses a number. `region` is the likely country of a number written without a code; one that may as well belong to
    /// another country is refused. An extension (`x123`, `ext. 5`) is left out.
    pub fn parse(text: &str, region: Option<Country>) -> Result<Self, BadPhone> {
        Self::read(text, region, Surety::Guess)
    }

    /// Parses a number whose owner is known to live in this country, and may have a number of another one. Digits that
    /// are a number of another country without its plus are refused where this country's would begin with a zero.
    pub fn parse_of(text: &str, country: Country) -> Result<Self, BadPhone> {
        Self::read(text, Some(country), Surety::Owner)
    }

    /// Parses a number of which a user has said that it is one of this country.
    pub fn parse_answered(text: &str, country: Country) -> Result<Self, BadPhone> {
        Self::read(text, Some(country), Surety::Answer)
    }

    /// The numbers that a text may be which is refused for being one of several countries, the given one's last.
    pub fn readings(text: &str, region: Country) -> Vec<Self> {
        let Ok(written) = Written::read(text) else { return Vec::new() };
        let digits = &written.digits;
        let abroad = [digits.clone(), format!("1{digits}")]
            .into_iter()
            .filter_map(|digits| international(&digits).ok());
        let mut readings: Vec<Self> = abroad.take(1).chain(national(digits, region)).collect();
        readings.dedup();
        readings
    }

    fn read(text: &str, region: Option<Country>, surety: Surety) -> Result<Self, BadPhone> {
        let written = Written::read(text)?;
        if written.international {
            return international(&written.digits);
        }
        let abroad = dialled_abroad(&written.digits, region).map(international);
        if let Some(Ok(number)) = abroad {
            return Ok(number);
        }
        let region = region.ok_or(BadPhone::NoCountry)?;
        if abroad.is_some() && written.digits.starts_with("00") && cannot_begin_so(&written.digits, region) {
            return Err(BadPhone::NotValid);
        }
        lost_sign::read(&written.digits, region, surety).unwrap_or_else(|| national(&written.digits, region))
    }

    /// The extension that a number is written with: what is dialled after the call is taken.
    pub fn extension(text: &str) -> Option<String> {
        Written::read(text).ok()?.extension
    }

    /// The country of the calling code that a number is written with, valid or not; the largest if several
    /// share the code. The inner none means written without a code, the outer none that it is no number.
    pub fn written_for(text: &str) -> Option<Option<Country>> {
        let written = Written::read(text).ok().filter(|written| written.digits.len() >= 7)?;
        let abroad =
            || written.digits.strip_prefix("00").filter(|rest| !rest.starts_with('0') && rest.len() > 7);
        let digits = if written.international { Some(written.digits.as_str()) } else { abroad() };
        Some(digits.and_then(calling_codes::main_country))
    }

    /// Whether both countries share a calling code, like the United States and Canada.
    pub fn share_code(one: Country, other: Country) -> bool {
        let code = |country| plan::of_region(country).map(|home| home.code);
        one == other || code(one).is_some() && code(one) == code(other)
    }

    /// Whether numbers are written with a leading zero within the country.
    pub fn begins_with_zero(country: Country) -> bool {
        plan::of_region(country).is_some_and(|home| home.trunk() == "0")
    }

    /// The country whose calling code such digits begin with, if they are a number behind a plus that is missing.
    pub fn without_plus(text: &str) -> Option<Country> {
        let written = Written::read(text).ok().filter(|written| !written.international)?;
        let is_long = written.digits.len() >= 11 && !written.digits.starts_with('0');
        international(&written.digits).ok().filter(|_| is_long)?.country()
    }

    /// Whether the digits begin with the country's calling code.
    fn is_dialled(digits: &str, country: Country) -> bool {
        plan::of_region(country).is_some_and(|home| home.is_dialled(digits))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number by which its owner is known: the same for every spelling, and not always what is dialled.
    /// Look-ups, suppression and comparison use it.
    pub fn subscriber(&self) -> Cow<'_, str> {
        spelling::subscriber(&self.0)
    }

    /// The country that the number's own code names, if it names one.
    pub fn country(&self) -> Option<Country> {
        let digits = self.0.get(1..)?;
        if let Some(country) = calling_codes::only_country(digits) {
            return Some(country);
        }
        let (code, national) = plan::split(digits)?;
        plan::of_code(code)?.owner_of(national).and_then(|(territory, _)| Country::parse(&territory.id))
    }

    /// Whether the number is one of this country, or one of several that share the country's calling code.
    pub fn may_be_in(&self, country: Country) -> bool {
        let digits = self.0.get(1..).unwrap_or_default();
        self.country().map_or_else(|| Self::is_dialled(digits, country), |known| known == country)
    }

    /// Whether a minute to this number costs more than one to a phone, and part of it goes to whoever has the number.
    pub fn has_higher_rate(&self) -> bool {
        let owner = || {
            let (code, national) = plan::split(self.0.get(1..)?)?;
            Some((plan::of_code(code)?.owner_of(national)?.0, national))
        };
        owner().is_some_and(|(territory, national)| territory.has_higher_rate(national))
    }

    /// The time zones in which the number's owner may be, the most populous first: those of the area code, else those of
    /// the number's country. None if the number tells no country; a toll-free one of North America tells two.
    pub fn zones(&self) -> Vec<ZoneName> {
        let digits = self.0.get(1..).unwrap_or_default();
        if area_zones::is_of_no_place(digits) {
            let both = ["US", "CA"].into_iter().filter_map(Country::parse);
            return both.flat_map(zones_of).cloned().collect();
        }
        let of_country = || self.country().map_or(&[][..], zones_of);
        area_zones::of_area(digits).unwrap_or_else(of_country).to_vec()
    }

    fn e164(code: u16, national: &str) -> Result<Self, BadPhone> {
        Self::try_from(format!("+{code}{national}")).map_err(|_| BadPhone::NotValid)
    }
}

/// The digits after a prefix for calls abroad: 00 in most of the world (and in what software writes), or the region's own.
fn dialled_abroad(digits: &str, region: Option<Country>) -> Option<&str> {
    let own = match region.as_ref().map(Country::as_str) {
        Some("AU") => digits.strip_prefix("0011"),
        Some("JP") => digits.strip_prefix("010"),
        Some(_) => digits.strip_prefix("011"),
        None => None,
    };
    own.or_else(|| digits.strip_prefix("00")).filter(|rest| !rest.starts_with('0'))
}

fn international(digits: &str) -> Result<PhoneNumber, BadPhone> {
    let digits = spelling::present_spelling(digits);
    quickly_international(&digits).unwrap_or_else(|| parse_with_metadata(&format!("+{digits}"), None))
}

/// Decides plain cases by the compiled plan; none leaves the decision to the full parser.
fn quickly_international(digits: &str) -> Option<Result<PhoneNumber, BadPhone>> {
    let (code, national) = plan::split(digits)?;
    let owner = plan::of_code(code)?.owner_of(national.trim_start_matches('0'));
    let Some((territory, valid)) = owner else {
        // No owner means that the number is invalid, unless a zero belongs to it, as in Italy.
        return (!national.starts_with('0')).then_some(Err(BadPhone::NotValid));
    };
    let significant = territory.significant(national)?;
    if significant.len() == national.len() && !national.starts_with('0') && is_usual(national) {
        return Some(if valid { PhoneNumber::e164(code, national) } else { Err(BadPhone::NotValid) });
    }
    answer(code, significant)
}

fn national(digits: &str, region: Country) -> Result<PhoneNumber, BadPhone> {
    quickly_national(digits, region).unwrap_or_else(|| parse_with_metadata(digits, Some(region)))
}

fn quickly_national(digits: &str, region: Country) -> Option<Result<PhoneNumber, BadPhone>> {
    let home = plan::of_region(region)?;
    if home.dials_abroad(digits) {
        return None;
    }
    let national = home.significant(digits)?;
    let begins_with_code = national.len() == digits.len() && home.is_dialled(digits);
    if begins_with_code && !home.allows(digits) {
        return None;
    }
    answer(home.code, national)
}

/// Whether two leading zeros cannot begin a number within the region; they can where they choose a carrier.
fn cannot_begin_so(digits: &str, region: Country) -> bool {
    plan::of_region(region).is_some_and(|home| home.has_plain_start(digits))
}

fn answer(code: u16, national: &str) -> Option<Result<PhoneNumber, BadPhone>> {
    if national.starts_with('0') || !is_usual(national) {
        return None;
    }
    let valid = plan::of_code(code)?.owner_of(national).is_some_and(|(_, valid)| valid);
    Some(if valid { PhoneNumber::e164(code, national) } else { Err(BadPhone::NotValid) })
}

fn is_usual(national: &str) -> bool {
    (7..=13).contains(&national.len())
}

fn parse_with_metadata(text: &str, region: Option<Country>) -> Result<PhoneNumber, BadPhone> {
    let id = match region {
        Some(country) => Some(country.as_str().parse().map_err(|_| BadPhone::NoCountry)?),
        None => None,
    };
    let number = phonenumber::parse(id, text).map_err(|_| BadPhone::NotANumber)?;
    if !phonenumber::is_valid(&number) {
        return Err(BadPhone::NotValid);
    }
    PhoneNumber::e164(number.country().code(), &number.national().to_string())
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `{:?}` hides the number, so that it never reaches a log.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({}…)", self.0.get(..3).unwrap_or("+"))
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = BadPhone;
    fn try_from(text: String) -> Result<Self, BadPhone> {
        let digits = text.strip_prefix('+').unwrap_or("");
        let plausible = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if plausible {
            Ok(Self(format!("+{}", spelling::present_spelling(digits))))
        } else {
            Err(BadPhone::NotANumber)
        }
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> String {
        number.0
    }
}

#[cfg(test)]
mod tests;
