//! The law: which grounds a country, or a channel's operator, accepts for a message that the lead did not ask for. The
//! rules are data with their sources (`law.txt`); none of it is legal advice.

use super::ConsentBasis;
use crate::contact::channel::Channel;
use crate::contact::country::Country;
use std::sync::LazyLock;

/// One rule of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct ContactLaw {
    /// None: the rule holds in every country.
    pub country: Option<Country>,
    pub channels: Vec<Channel>,
    /// The bases that suffice.
    pub accepts: Vec<ConsentBasis>,
    /// The rule as users read it.
    pub words: &'static str,
    /// The text that the rule was taken from.
    pub source: &'static str,
    /// The day on which it was looked up.
    pub looked_up: &'static str,
}

static LAWS: LazyLock<Vec<ContactLaw>> = LazyLock::new(|| {
    let lines = include_str!("law.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.filter_map(read).collect()
});

/// Every rule, in the table's order.
pub fn all() -> &'static [ContactLaw] {
    &LAWS
}

/// The rules for a message on this channel to somebody in this country.
pub fn of(country: Option<Country>, channel: Channel) -> impl Iterator<Item = &'static ContactLaw> {
    let is_of = move |law: &&ContactLaw| {
        law.channels.contains(&channel) && (law.country.is_none() || law.country == country)
    };
    all().iter().filter(is_of)
}

/// Reads a line; none if a part of it is not known.
fn read(line: &'static str) -> Option<ContactLaw> {
    let mut parts = line.split('|').map(str::trim);
    let country = match parts.next()? {
        "*" => None,
        code => Some(Country::parse(code)?),
    };
    let channel = |word: &str| Channel::ALL.into_iter().find(|channel| channel.as_str() == word);
    Some(ContactLaw {
        country,
        channels: parts.next()?.split(' ').map(channel).collect::<Option<_>>()?,
        accepts: parts.next()?.split(' ').map(ConsentBasis::parse).collect::<Option<_>>()?,
        words: parts.next()?,
        source: parts.next()?,
        looked_up: parts.next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = include_str!("law.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        assert_eq!(all().len(), lines.count());
        for law in all() {
            let told = !law.accepts.is_empty() && !law.words.is_empty() && !law.source.is_empty();
            assert!(told && law.looked_up.parse::<Date>().is_ok(), "{law:?}");
        }
    }

    #[test]
    fn texts_to_the_united_states_need_written_consent() {
        let us = Country::parse("US");
        let rules: Vec<_> = of(us, Channel::Sms).collect();
        assert_eq!(rules.len(), 1);
        assert_eq!(rules[0].accepts, [ConsentBasis::WrittenConsent]);
        assert_eq!(of(us, Channel::Email).count(), 0);
        assert_eq!(of(us, Channel::Whatsapp).count(), 2);
    }

    #[test]
    fn mail_to_a_business_in_britain_needs_no_recorded_basis() {
        assert_eq!(of(Country::parse("GB"), Channel::Email).count(), 0);
        assert_eq!(of(Country::parse("GB"), Channel::Sms).count(), 0);
        assert_eq!(of(None, Channel::Whatsapp).count(), 1);
    }
}
