//! What a row says of opt-outs.

use super::Building;
use crate::contact::channel::Channel;
use crate::import::opt_out_columns::Heard;
use crate::import::opt_out_names::{known_target, target_for};
use crate::import::opt_out_signs::{Signs, asks, has_known_key};
use crate::import::opt_out_words::{self, Manner, Says};
use crate::import::{Column, Target, clean};

/// What makes each column look as if it said who has opted out, where nobody has said that it does not.
#[derive(Debug, Default)]
pub(super) struct Hearing(Vec<Option<Signs>>);

impl Hearing {
    pub fn of(columns: &[Column]) -> Self {
        let signs = |column: &Column| Signs::of(&column.header, column.target).filter(|_| !column.no_opt_out);
        Self(columns.iter().map(signs).collect())
    }

    /// Whether somebody is to be asked about the column because of this cell.
    pub fn asks(&self, column: usize, header: &str, cell: &str) -> bool {
        self.0.get(column).copied().flatten().is_some_and(|signs| asks(signs, header, &clean::line(cell)))
    }

    /// Whether the cell is heard where nobody is asked.
    pub fn hears(&self, column: usize, header: &str, cell: &str) -> bool {
        let has_key = || {
            self.0.get(column).is_some_and(Option::is_some)
                && cell.trim_start().starts_with('{')
                && has_known_key(header, cell)
        };
        self.asks(column, header, cell) || has_key()
    }
}

impl Building<'_> {
    /// Takes a cell that looks like an opt-out in a column that nobody was asked about, because it stands beyond the rows
    /// that were looked at before.
    pub(super) fn hear(&mut self, column: usize) {
        let (header, cell) = (self.header(column), self.row.field(column));
        if !self.mapper.hearing.hears(column, header, cell) {
            return;
        }
        if cell.trim_start().starts_with('{') {
            self.lead.opt_outs.hear(header, cell);
        } else {
            self.lead.opt_outs.take_as(target_for(header), header, cell);
        }
        self.warn_heard(header, cell);
    }

    /// Does the same for a value beyond the columns, such as a key that only later rows have.
    pub(super) fn hear_beyond(&mut self, name: &str, text: &str) {
        let text = clean::line(text);
        match self.lead.opt_outs.hear(name, &text) {
            Heard::Known => {}
            Heard::Likely => self.warn_heard(name, &text),
            Heard::Nothing if Signs::beyond(name).are_in(&text) => {
                self.lead.opt_outs.take_as(target_for(name), name, &text);
                self.warn_heard(name, &text);
            }
            Heard::Nothing => {}
        }
    }

    /// Takes a tag that means an opt-out, whatever else it is a tag for.
    pub(super) fn hear_tag(&mut self, column: usize, tag: &str) {
        if self.lead.opt_outs.take_plain_word(tag) {
            self.warn_heard(self.header(column), tag);
        }
    }

    fn warn_heard(&mut self, field: &str, text: &str) {
        let text = clean::line(text);
        let shown = clean::limited(&text, 60).0;
        self.warn(field, format!("'{shown}' puts the lead on the suppression list"));
    }

    /// Takes a cell of a column of opt-outs. Words that are not known count as one, with a warning: too many are silent
    /// rather than one contacted.
    pub(super) fn take_opt_out(&mut self, column: usize, target: Target) {
        let text = clean::line(self.row.field(column));
        let says = &mut self.lead.opt_outs;
        let is_unclear = match text.starts_with('{') {
            true => says.take_as(target, &self.mapper.mapping.columns[column].0, &text),
            false => says.take(target, self.mapper.manners[column], &text),
        };
        if is_unclear {
            let shown = clean::limited(&text, 60).0;
            self.warn(self.header(column), format!("'{shown}' is neither yes nor no: taken as opted out"));
        }
    }

    /// Whether a cell of consents says that the lead has denied it or has taken it back, which is an opt-out of its
    /// channels. No means that where the column is about the lead's consent, and not where it names the basis.
    pub(super) fn takes_back_consent(&mut self, header: &str, text: &str) -> bool {
        if text.starts_with('{') {
            return self.lead.opt_outs.hear(header, text) != Heard::Nothing;
        }
        let denies = match known_target(header) {
            Some(_) => opt_out_words::read(text, Manner::State) == Says::OptedOut,
            None => opt_out_words::denies(text),
        };
        if denies {
            self.lead.consent.basis = Some(None);
            let target = target_for(header);
            let is_phone = target == Target::OptedOutPhone;
            self.lead.opt_outs.note_channels(&[if is_phone { Channel::Sms } else { Channel::Email }]);
        }
        denies
    }
}
