//! The consent of a row, as its columns say it.

use super::{Target, clean};
use crate::contact::channel::Channel;
use crate::lead::consent::{Consent, ConsentBasis, Consents, LONGEST_NOTE};
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
    /// What our own export says of each channel, in their order, where they differ.
    pub(super) each: Each,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Each {
    bases: Vec<Option<ConsentBasis>>,
    days: Vec<Option<Date>>,
    notes: Vec<String>,
}

/// What stands between the values of several channels, and between their notes.
const BETWEEN: &str = "; ";
const BETWEEN_NOTES: &str = " | ";

/// Writes the consents that are in force as the columns of an export: basis, day, source and channels. One value stands
/// for all channels where they agree.
pub fn exported(consents: &Consents) -> [String; 4] {
    let given: Vec<(Channel, &Consent)> =
        Channel::ALL.into_iter().filter_map(|channel| Some((channel, consents.in_force(channel)?))).collect();
    if given.is_empty() {
        return Default::default();
    }
    let joined = |value: &dyn Fn(&Consent) -> String, between: &str| {
        let mut values: Vec<String> = given.iter().map(|(_, consent)| value(consent)).collect();
        values.dedup();
        match values.as_slice() {
            [same] => same.clone(),
            _ => given.iter().map(|(_, consent)| value(consent)).collect::<Vec<_>>().join(between),
        }
    };
    [
        joined(&|consent| consent.basis.as_str().to_owned(), BETWEEN),
        joined(&|consent| consent.on.to_string(), BETWEEN),
        joined(&|consent| consent.note.clone().unwrap_or_default(), BETWEEN_NOTES),
        given.iter().map(|(channel, _)| channel.as_str()).collect::<Vec<_>>().join(BETWEEN),
    ]
}

impl RowConsent {
    /// The row's basis for the channel at this place among so many. The outer none: the row says nothing.
    pub(super) fn basis_at(&self, place: usize, channels: usize) -> Option<Option<ConsentBasis>> {
        at(&self.each.bases, place, channels).copied().or(self.basis)
    }

    pub(super) fn on_at(&self, place: usize, channels: usize) -> Option<Date> {
        at(&self.each.days, place, channels).copied().flatten().or(self.on)
    }

    pub(super) fn note_at(&self, place: usize, channels: usize) -> Option<String> {
        match at(&self.each.notes, place, channels) {
            Some(note) => Some(note.clone()).filter(|note| !note.is_empty()),
            None => self.note.clone(),
        }
    }

    /// Takes the value of a column, and returns what is wrong with it. A basis in words that are not known is none.
    pub(super) fn take(&mut self, target: Target, text: &str) -> Option<&'static str> {
        match target {
            _ if text.is_empty() => None,
            Target::ConsentBasis if text.contains(BETWEEN.trim()) => {
                self.each.bases = parts(text).filter_map(ConsentBasis::read).collect();
                self.basis = self.each.bases.first().copied();
                (self.each.bases.len() != parts(text).count())
                    .then_some("is not a known basis, so none is recorded")
            }
            Target::ConsentBasis => {
                let read = ConsentBasis::read(text);
                self.basis = Some(read.flatten());
                read.is_none().then_some("is not a known basis, so none is recorded")
            }
            Target::ConsentDate => {
                let days: Vec<_> = parts(text).map(date).collect();
                self.on = days.first().copied().flatten();
                self.each.days = if days.len() > 1 { days } else { Vec::new() };
                self.on.is_none().then_some("is not a day such as 2026-11-28")
            }
            Target::ConsentChannels => {
                self.channels = channels(text);
                self.channels.is_none().then_some("is not a list of email, sms and whatsapp")
            }
            _ => {
                let short = |text: &str| clean::limited(text, LONGEST_NOTE).0.trim().to_owned();
                let notes: Vec<String> = text.split(BETWEEN_NOTES.trim()).map(short).collect();
                self.each.notes = if notes.len() > 1 { notes } else { Vec::new() };
                self.note = Some(short(text));
                None
            }
        }
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(BETWEEN.trim()).map(str::trim)
}

/// The value at a place, if there is one for each of several channels.
fn at<T>(values: &[T], place: usize, channels: usize) -> Option<&T> {
    values.get(place).filter(|_| channels > 1 && values.len() == channels)
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
    fn consents_that_differ_by_channel_are_read_as_they_were_exported() {
        let consent = |basis, month, note: Option<&str>| Consent {
            basis,
            on: day(2026, month, 4),
            source: crate::lead::consent::ConsentSource::Hand,
            by: None,
            note: note.map(str::to_owned),
            withdrawn_at: None,
        };
        let mut consents =
            Consents::on([Channel::Email], &consent(ConsentBasis::WrittenConsent, 5, Some("Fair; Bremen")));
        let read = |consents: &Consents| {
            let mut row = RowConsent::default();
            let cells = exported(consents);
            let targets =
                [Target::ConsentBasis, Target::ConsentDate, Target::ConsentSource, Target::ConsentChannels];
            for (target, cell) in targets.into_iter().zip(&cells) {
                assert_eq!(row.take(target, cell), None, "{cells:?}");
            }
            (row, cells)
        };
        let (row, cells) = read(&consents);
        assert_eq!(cells, ["written_consent", "2026-05-04", "Fair; Bremen", "email"]);
        assert_eq!(
            (row.basis_at(0, 1), row.on_at(0, 1)),
            (Some(Some(ConsentBasis::WrittenConsent)), Some(day(2026, 5, 4)))
        );
        consents.set(Channel::Sms, Some(consent(ConsentBasis::Consent, 6, None)));
        let (row, cells) = read(&consents);
        assert_eq!(cells[3], "email; sms");
        assert_eq!(row.basis_at(1, 2), Some(Some(ConsentBasis::Consent)));
        assert_eq!((row.on_at(0, 2), row.on_at(1, 2)), (Some(day(2026, 5, 4)), Some(day(2026, 6, 4))));
        assert_eq!((row.note_at(0, 2).as_deref(), row.note_at(1, 2)), (Some("Fair; Bremen"), None));
        assert_eq!(exported(&Consents::default()), ["", "", "", ""]);
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
