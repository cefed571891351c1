//! What a row says of opt-outs.

use super::Building;
use crate::contact::channel::Channel;
use crate::import::opt_out_words::{self, Says};
use crate::import::{Target, clean};

impl Building<'_> {
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
