//! How much of a daily cap a simulation has used so far, and who waits for later days.

use crate::capacity::contact_caps::{day_begins, day_of};
use crate::capacity::queue_position::QueuePosition;
use jiff::Timestamp;

#[derive(Debug, Clone, Copy)]
pub struct DayRoom {
    per_day: u32,
    day: i64,
    taken: u32,
    last: Option<QueuePosition>,
}

impl DayRoom {
    pub fn new(per_day: u32) -> Self {
        Self { per_day, day: 0, taken: 0, last: None }
    }

    /// The load of a day that is under way: messages so far, and the last position in the queue for later days.
    pub fn known(per_day: u32, now: Timestamp, taken: u32, last: Option<QueuePosition>) -> Self {
        Self { per_day, day: day_of(now), taken, last }
    }

    /// Counts one message.
    pub fn take(&mut self, at: Timestamp) {
        let day = day_of(at);
        if self.day != day {
            (self.day, self.taken) = (day, 0);
        }
        self.taken += 1;
    }

    pub fn is_full(&self, at: Timestamp) -> bool {
        self.day == day_of(at) && self.taken >= self.per_day
    }

    /// When a message comes again that finds the day full and could go out `from` then on.
    pub fn take_position(&mut self, from: Timestamp) -> Timestamp {
        let place = QueuePosition::behind(self.last, day_of(from), self.per_day);
        self.last = Some(place);
        day_begins(place.window).max(from)
    }
}
