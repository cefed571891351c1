//! How much of the cap per recipient's domain a simulation has used so far.

use crate::capacity::day_load::DayRoom;
use crate::capacity::queue_position::QueuePosition;
use jiff::Timestamp;
use std::collections::HashMap;

#[derive(Debug, Clone)]
pub struct RecipientDomains {
    per_day: u32,
    known: HashMap<String, DayRoom>,
}

impl RecipientDomains {
    pub fn new(per_day: u32) -> Self {
        Self { per_day, known: HashMap::new() }
    }

    /// Sets the load of a domain today, and the last position in its queue.
    pub fn set_taken(&mut self, domain: &str, now: Timestamp, taken: u32, last: Option<QueuePosition>) {
        self.known.insert(domain.to_owned(), DayRoom::known(self.per_day, now, taken, last));
    }

    pub fn room(&mut self, domain: &str) -> &mut DayRoom {
        if !self.known.contains_key(domain) {
            self.known.insert(domain.to_owned(), DayRoom::new(self.per_day));
        }
        self.known.get_mut(domain).expect("it was put there where it was not")
    }
}
