//! The consent of a row, as its columns say it.

use super::{Target, clean};
use crate::contact::channel::Channel;
use crate::lead::consent::{ConsentBasis, LONGEST_NOTE};
use crate::text_match::folded;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What a row says of its lead's consent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowConsent {
    /// The inner none: the row says that there is none, or says it in words that are not known.
    pub basis: Option<Option<ConsentBasis>>,
    pub on: Option<Date>,
    pub note: Option<String>,
    pub channels: Option<BTreeSet<Channel>>,
}

impl RowConsent {
    /// Takes the value of a column, and returns what is wrong with it. A basis in words that are not known is none.
    pub(super) fn take(&mut self, target: Target, text: &str) -> Option<&'static str> {
        match target {
            _ if text.is_empty() => None,
            Target::ConsentBasis => {
                let read = ConsentBasis::read(text);
                self.basis = Some(read.flatten());
                read.is_none().then_some("is not a known basis, so none is recorded")
            }
            Target::ConsentDate => {
                self.on = date(text);
                self.on.is_none().then_some("is not a day such as 2026-11-28")
            }
            Target::ConsentChannels => {
                self.channels = channels(text);
                self.channels.is_none().then_some("is not a list of email, sms and whatsapp")
            }
            _ => {
                self.note = Some(clean::limited(text, LONGEST_NOTE).0.to_owned());
                None
            }
        }
    }
}

/// Reads a day such as `2026-11-28`, alone or before a time, or `28.11.2026`. Days with slashes are ambiguous.
pub(super) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    let mut parts = day.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(day), Some(month), Some(year), None) if year.len() == 4 => {
            Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
        }
        _ => day.parse().ok(),
    }
}

/// Reads names of channels with commas, semicolons or spaces between; none if one of them is not known.
pub fn channels(text: &str) -> Option<BTreeSet<Channel>> {
    let mut channels = BTreeSet::new();
    for word in text.split([',', ';', '|', ' ', '\n']).map(folded).filter(|word| !word.is_empty()) {
        match word.as_str() {
            "email" | "mail" => channels.extend([Channel::Email]),
            "sms" | "text" => channels.extend([Channel::Sms]),
            "whatsapp" => channels.extend([Channel::Whatsapp]),
            "all" => channels.extend(Channel::ALL),
            _ => return None,
        }
    }
    (!channels.is_empty()).then_some(channels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn days_are_read_unless_they_are_ambiguous() {
        for text in ["2026-11-28", "2026-11-28T10:00:00Z", "2026-11-28 10:00", "28.11.2026"] {
            assert_eq!(date(text), Some(day(2026, 11, 28)), "{text}");
        }
        for text in ["11/12/2026", "28.11.26", "last week", "", "2026-13-01"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn channels_are_read_by_name() {
        assert_eq!(channels("E-Mail, SMS"), Some(BTreeSet::from([Channel::Email, Channel::Sms])));
        assert_eq!(channels("all"), Some(Channel::ALL.into()));
        assert_eq!(channels("email whatsapp"), Some(BTreeSet::from([Channel::Email, Channel::Whatsapp])));
        assert_eq!(channels("email, fax"), None);
        assert_eq!(channels(" "), None);
    }
}
