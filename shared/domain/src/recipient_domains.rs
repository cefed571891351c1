//! What the recipients' domains have had of a day, and who waits for later days, while a simulation goes on.

use crate::caps::{day_begins, day_of};
use crate::line::Place;
use jiff::Timestamp;
use std::collections::HashMap;

#[derive(Debug, Clone)]
pub struct RecipientDomains {
    per_day: u32,
    known: HashMap<String, Room>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Room {
    day: i64,
    taken: u32,
    last: Option<Place>,
}

impl RecipientDomains {
    pub fn new(per_day: u32) -> Self {
        Self { per_day, known: HashMap::new() }
    }

    /// What a domain has had today, and who is the last in its line.
    pub fn know(&mut self, domain: &str, now: Timestamp, taken: u32, last: Option<Place>) {
        self.known.insert(domain.to_owned(), Room { day: day_of(now), taken, last });
    }

    /// One more message goes to the domain.
    pub fn take(&mut self, domain: &str, at: Timestamp) {
        let (day, room) = (day_of(at), self.room(domain));
        if room.day != day {
            (room.day, room.taken) = (day, 0);
        }
        room.taken += 1;
    }

    pub fn is_full(&self, domain: &str, at: Timestamp) -> bool {
        let room = self.known.get(domain);
        room.is_some_and(|room| room.day == day_of(at) && room.taken >= self.per_day)
    }

    /// When somebody comes again who finds the domain full, and could be written to `from` then on.
    pub fn line_up(&mut self, domain: &str, from: Timestamp) -> Timestamp {
        let per_day = self.per_day;
        let room = self.room(domain);
        let place = Place::behind(room.last, day_of(from), per_day);
        room.last = Some(place);
        day_begins(place.window).max(from)
    }

    fn room(&mut self, domain: &str) -> &mut Room {
        if !self.known.contains_key(domain) {
            self.known.insert(domain.to_owned(), Room::default());
        }
        self.known.get_mut(domain).expect("it was put there where it was not")
    }
}
