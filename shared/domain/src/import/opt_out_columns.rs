//! Columns that say who has opted out, as nine systems and people name them, and what a row says by them.
//!
//! A name that is certain maps a column by itself (`synonyms.txt`). A column that only looks like one, by its name or by
//! what stands in it, is asked about before the import starts: read as plain text, it would have people contacted who
//! do not want it.

use super::json_rows::{self, Leaf};
use super::opt_out_names::manner_of;
pub use super::opt_out_names::{is_named_so, target_for};
pub use super::opt_out_signs::{Heard, may_mean_opt_outs};
use super::opt_out_words::{self, Manner, Says};
use super::{Column, Target, clean, consent_columns};
use crate::contact::channel::Channel;
use crate::event::UserOrKey;
use crate::lead::Lead;
use crate::lead::consent::Consents;
use crate::lead::custom_field::{CustomField, FieldKind};
use crate::lead::suppression::{Endings, StopSign, Suppression, SuppressionReason, SuppressionScope};
use jiff::Timestamp;

/// What a row says of opt-outs. The number counts for calls, SMS and WhatsApp.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowOptOuts {
    /// The lead wants nothing more, on any channel.
    pub all: bool,
    pub email: bool,
    pub phone: bool,
    /// Mail to the address came back for good.
    pub email_bounced: bool,
    /// The number does not work.
    pub phone_bounced: bool,
}

impl RowOptOuts {
    /// Whether the lead has opted out of anything.
    pub fn any(&self) -> bool {
        self.all || self.email || self.phone
    }

    /// Whether anything is to be listed.
    pub fn lists(&self) -> bool {
        self.any() || self.email_bounced || self.phone_bounced
    }

    /// Whether the lead is not to be contacted at all: an opt-out by e-mail closes every channel.
    pub fn do_not_contact(&self) -> bool {
        self.all || self.email
    }

    /// The channels that the lead has opted out of.
    pub fn channels(&self) -> Vec<Channel> {
        let closed = |channel: &Channel| match channel {
            Channel::Email => self.all || self.email,
            Channel::Sms | Channel::Whatsapp => self.all || self.phone,
        };
        Channel::ALL.into_iter().filter(closed).collect()
    }

    /// Removes the consents on channels that the lead has opted out of: the list that says so is later than they are.
    pub fn withhold(&self, consents: &mut Consents) {
        self.channels().into_iter().for_each(|channel| consents.set(channel, None));
    }

    /// The entries of the suppression list that follow from it for a lead. `source` is the import, or `FROM_API`. A number
    /// alone is listed without a user, so that it closes its own channels only.
    pub fn entries(
        &self,
        lead: &Lead,
        (source, by): (&str, Option<&UserOrKey>),
        at: Timestamp,
    ) -> Vec<Suppression> {
        let entry = |scope: Option<SuppressionScope>, reason, by: Option<&UserOrKey>| {
            scope.map(|scope| Suppression {
                workspace: lead.workspace.clone(),
                scope,
                reason,
                source: Some(source.to_owned()),
                created_by: by.cloned(),
                created_at: at,
                expires_at: None,
                // A list says it in the lead's own words: START on the phone does not take it back.
                sign: Some(StopSign::Words),
            })
        };
        let reason = |opted_out: bool, bounced: bool| match (opted_out, bounced) {
            (true, _) => Some(SuppressionReason::OptedOut),
            (false, true) => Some(SuppressionReason::HardBounce),
            (false, false) => None,
        };
        let by_mail = reason(self.all || self.email, self.email_bounced);
        let by_phone = reason(self.all || self.phone, self.phone_bounced);
        let mail = by_mail.and_then(|why| entry(SuppressionScope::of_lead(lead, Channel::Email), why, by));
        let phone = by_phone.and_then(|why| {
            entry(SuppressionScope::of_lead(lead, Channel::Sms), why, by.filter(|_| self.all))
        });
        mail.into_iter().chain(phone).collect()
    }

    /// The cells of an export: `do_not_contact`, `opted_out` and `bounced`.
    pub fn exported(&self) -> [String; 3] {
        let named =
            |channels: Vec<Channel>| channels.into_iter().map(Channel::as_str).collect::<Vec<_>>().join("; ");
        let bounced = Self { all: false, email: self.email_bounced, phone: self.phone_bounced, ..*self };
        let all = if self.all { "yes" } else { "" };
        [all.to_owned(), named(self.channels()), named(bounced.channels())]
    }

    /// Takes an entry of the suppression list for the lead's address, domain or number. One that closes every channel
    /// closes e-mail, too.
    pub fn note_entry(&mut self, entry: &Suppression, endings: &Endings) {
        let is_phone = entry.scope.is_of_texts();
        let says = match (entry.reason == SuppressionReason::HardBounce, is_phone) {
            (true, true) => &mut self.phone_bounced,
            (true, false) => &mut self.email_bounced,
            (false, true) => &mut self.phone,
            (false, false) => &mut self.email,
        };
        *says = true;
        self.email |= entry.ends_everything(endings);
    }

    /// Takes what another value says, too.
    pub fn add(&mut self, other: Self) {
        self.all |= other.all;
        self.email |= other.email;
        self.phone |= other.phone;
        self.email_bounced |= other.email_bounced;
        self.phone_bounced |= other.phone_bounced;
    }

    pub fn note_channels(&mut self, channels: &[Channel]) {
        self.email |= channels.contains(&Channel::Email);
        self.phone |= channels.iter().any(|channel| *channel != Channel::Email);
    }

    /// Takes a cell of a column with such a target; tells whether its words are not known, and were taken for an opt-out.
    pub(super) fn take(&mut self, target: Target, manner: Manner, text: &str) -> bool {
        let named = consent_columns::channels(text).filter(|_| manner == Manner::Flag);
        let says = match (target, named) {
            (Target::OptedOut, Some(channels)) => {
                self.note_channels(&Vec::from_iter(channels));
                return false;
            }
            (Target::Bounced, Some(channels)) => {
                self.email_bounced |= channels.contains(&Channel::Email);
                self.phone_bounced |= channels.iter().any(|channel| *channel != Channel::Email);
                return false;
            }
            _ => opt_out_words::read(text, manner),
        };
        match (target, says) {
            (_, Says::Nothing) => {}
            (Target::Bounced, _) | (_, Says::Bounced) => self.email_bounced = true,
            (Target::OptedOutEmail, _) => self.email = true,
            (Target::OptedOutPhone, _) => self.phone = true,
            _ => self.all = true,
        }
        says == Says::Unclear && target != Target::Bounced
    }

    /// Takes a value under this name, which is known to mean this target; tells whether its words are not known, and were
    /// taken for an opt-out. An object in JSON has a value for each of its keys.
    pub fn take_as(&mut self, target: Target, name: &str, text: &str) -> bool {
        let text = clean::line(text);
        match json_rows::leaves(&text) {
            Some(leaves) => leaves.iter().fold(false, |unclear, leaf| {
                let heard = self.hear_leaf(name, leaf);
                unclear | (heard == Heard::Nothing && self.take_key(target, name, leaf))
            }),
            None => self.take(target, manner_of(name), &text),
        }
    }

    /// Takes the value of a key that says nothing by its own name: the channel that it is for, or the state.
    fn take_key(&mut self, target: Target, name: &str, leaf: &Leaf) -> bool {
        let target = match consent_columns::channels(&leaf.key) {
            Some(channels) if channels.contains(&Channel::Email) => Target::OptedOutEmail,
            Some(_) => Target::OptedOutPhone,
            None => target,
        };
        let manner = manner_of(name);
        let is_clear = opt_out_words::read(&leaf.text, manner) != Says::Unclear;
        is_clear && self.take(target, manner, &leaf.text)
    }

    /// Takes a word for a lead's state.
    pub(super) fn take_word(&mut self, text: &str) {
        self.take_meaning(opt_out_words::word(text));
    }

    /// Takes a word that may be about anything, such as a tag; tells whether it means an opt-out or a dead address.
    pub(super) fn take_plain_word(&mut self, text: &str) -> bool {
        self.take_meaning(opt_out_words::plain_word(text))
    }

    fn take_meaning(&mut self, says: Option<Says>) -> bool {
        match says {
            Some(Says::Bounced) => self.email_bounced = true,
            Some(_) => self.all = true,
            None => {}
        }
        says.is_some()
    }
}

/// What the cells of a row say of opt-outs.
pub(super) fn row_opt_outs(columns: &[Column], cells: &[String]) -> RowOptOuts {
    let mut says = RowOptOuts::default();
    for (column, cell) in columns.iter().zip(cells) {
        if let Some(target) = column.target.filter(|target| target.is_opt_out()) {
            says.take_as(target, &column.header, cell);
        }
    }
    says
}

impl Target {
    /// Whether columns with this target say who has opted out, or whose address is dead. There may be several of them.
    pub fn is_opt_out(self) -> bool {
        matches!(
            self,
            Self::DoNotContact | Self::OptedOut | Self::OptedOutEmail | Self::OptedOutPhone | Self::Bounced
        )
    }
}

/// The target of a custom field whose name looks like opt-outs; none for another.
pub fn field_target(field: &CustomField) -> Option<Target> {
    let is_readable = matches!(field.kind, FieldKind::Text | FieldKind::Check | FieldKind::Date);
    (is_readable && (is_named_so(&field.label) || is_named_so(&field.key))).then(|| target_for(&field.label))
}

/// What a value of such a custom field says.
pub fn value_says(field: &CustomField, target: Target, value: &str) -> RowOptOuts {
    let mut says = RowOptOuts::default();
    says.take_as(target, &field.label, value);
    says
}

/// Whether a value of such a custom field says it by words that are known.
pub fn says_clearly(field: &CustomField, value: &str) -> bool {
    let says = opt_out_words::read(&clean::line(value), manner_of(&field.label));
    matches!(says, Says::OptedOut | Says::Bounced)
}

#[cfg(test)]
mod tests;
