//! Reads a pause that a user asked for while a message was under way.

use crate::enrolment::Enrolment;
use crate::enrolment::pause_wish::PauseWanted;

use jiff::Timestamp;

impl Enrolment {
    /// The pause that is to begin, unless its end has passed.
    pub fn wanted_pause(&self, now: Timestamp) -> Option<PauseWanted> {
        self.pause_wanted.filter(|wanted| wanted.until.is_none_or(|until| until > now))
    }
}
