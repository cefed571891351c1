//! The law of tracking: in which countries a lead must agree before opens and clicks of its mails are measured. The rules are
//! data with their sources (`tracking_law.txt`); none of it is legal advice.

use crate::contact::country::Country;
use crate::contact::phone_number::PhoneNumber;
use crate::lead::Lead;
use std::sync::LazyLock;

/// One rule of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct TrackingLaw {
    pub countries: Vec<Country>,
    /// The rule as users read it.
    pub words: &'static str,
    /// The text that the rule was taken from.
    pub source: &'static str,
    /// The day on which it was looked up.
    pub looked_up: &'static str,
}

static LAWS: LazyLock<Vec<TrackingLaw>> = LazyLock::new(|| lines().filter_map(read).collect());

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("tracking_law.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

fn read(line: &'static str) -> Option<TrackingLaw> {
    let mut parts = line.split('|').map(str::trim);
    Some(TrackingLaw {
        countries: parts.next()?.split(' ').map(Country::parse).collect::<Option<_>>()?,
        words: parts.next()?,
        source: parts.next()?,
        looked_up: parts.next()?,
    })
}

/// The rule of a country that asks for consent; none if it is not known to.
pub fn in_country(country: Country) -> Option<&'static TrackingLaw> {
    LAWS.iter().find(|law| law.countries.contains(&country))
}

/// The rule that asks for this lead's consent, recorded or not. A lead whose country is not known counts where its number
/// is.
pub fn asked_of(lead: &Lead) -> Option<&'static TrackingLaw> {
    let country = lead.country.or_else(|| lead.phone.as_ref().and_then(PhoneNumber::country));
    country.and_then(in_country)
}

/// The rule that asks for this lead's consent, unless it is recorded.
pub fn lacking_for(lead: &Lead) -> Option<&'static TrackingLaw> {
    asked_of(lead).filter(|_| lead.tracking_consent.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;

    #[test]
    fn every_line_of_the_table_is_read() {
        assert_eq!(LAWS.len(), lines().count());
        for law in LAWS.iter() {
            assert!(!law.words.is_empty() && !law.source.is_empty(), "{law:?}");
            assert!(law.looked_up.parse::<Date>().is_ok(), "{law:?}");
        }
        let asks = |code| in_country(Country::parse(code).unwrap()).is_some();
        assert!(
            asks("FR") && asks("IT") && asks("DE") && asks("NL") && asks("GB") && !asks("US") && !asks("CH")
        );
    }
}
