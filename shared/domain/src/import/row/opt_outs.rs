//! What a row says of opt-outs.

use super::Building;
use crate::contact::channel::Channel;
use crate::import::opt_out_columns::{Signs, target_for};
use crate::import::opt_out_words::{self, Says};
use crate::import::{Column, Target, clean, synonyms};

/// What makes each column look as if it said who has opted out, where nobody has said that it does not.
#[derive(Debug, Default)]
pub(super) struct Hearing(Vec<Option<Signs>>);

impl Hearing {
    pub fn of(columns: &[Column]) -> Self {
        let signs = |column: &Column| Signs::of(&column.header, column.target).filter(|_| !column.no_opt_out);
        Self(columns.iter().map(signs).collect())
    }

    /// Whether this cell makes its column look so.
    pub fn hears(&self, column: usize, cell: &str) -> bool {
        self.0.get(column).copied().flatten().is_some_and(|signs| signs.are_in(&clean::line(cell)))
    }
}

impl Building<'_> {
    /// Takes a cell that looks like an opt-out in a column that nobody was asked about, because it stands beyond the rows
    /// that were looked at before.
    pub(super) fn hear(&mut self, column: usize) {
        let (header, cell) = (self.header(column), self.row.field(column));
        if self.mapper.hearing.hears(column, cell) {
            self.lead.opt_outs.take_as(target_for(header), header, cell);
            self.warn_heard(header, cell);
        }
    }

    /// Does the same for a value beyond the columns, such as a key that only later rows have.
    pub(super) fn hear_beyond(&mut self, name: &str, text: &str) {
        let text = clean::line(text);
        let target = synonyms::target_of(name).map(|(target, _)| target).filter(|target| target.is_opt_out());
        if let Some(target) = target {
            self.lead.opt_outs.take_as(target, name, &text);
        } else if Signs::beyond(name).are_in(&text) {
            self.lead.opt_outs.take_as(target_for(name), name, &text);
            self.warn_heard(name, &text);
        } else if self.lead.opt_outs.take_plain_word(&text) {
            self.warn_heard(name, &text);
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
        if self.lead.opt_outs.take(target, self.mapper.manners[column], &text) {
            let shown = clean::limited(&text, 60).0;
            self.warn(self.header(column), format!("'{shown}' is neither yes nor no: taken as opted out"));
        }
    }

    /// Whether a cell of consents says that the lead has taken it back, which is an opt-out of its channels.
    pub(super) fn takes_back_consent(&mut self, text: &str) -> bool {
        let takes_back = opt_out_words::word(text) == Some(Says::OptedOut);
        if takes_back {
            self.lead.consent.basis = Some(None);
            self.lead.opt_outs.note_channels(&[Channel::Email]);
        }
        takes_back
    }
}
