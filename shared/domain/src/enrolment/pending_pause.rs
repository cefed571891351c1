//! A pause that a person has asked for while a message was under way: it begins once that is settled.

use crate::enrolment::Enrolment;
use crate::enrolment::pause_wish::PauseWanted;

use jiff::Timestamp;

impl Enrolment {
    /// What a person has wished and is not over.
    pub fn wanted_pause(&self, now: Timestamp) -> Option<PauseWanted> {
        self.pause_wanted.filter(|wanted| wanted.until.is_none_or(|until| until > now))
    }
}
