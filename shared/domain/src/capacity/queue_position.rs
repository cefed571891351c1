//! A position in a queue for windows of time (days, for example) that each have so many places.

/// The window, and the place in it, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuePosition {
    pub window: i64,
    pub number: u32,
}

impl QueuePosition {
    /// The next position after `last`, in no window before `from`, with `most` places in each window.
    pub fn behind(last: Option<Self>, from: i64, most: u32) -> Self {
        match last {
            Some(last) if last.window >= from && last.number < most => {
                Self { number: last.number + 1, ..last }
            }
            Some(last) if last.window >= from => Self { window: last.window.saturating_add(1), number: 1 },
            _ => Self { window: from, number: 1 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_position_is_behind_the_last_and_not_before_its_window() {
        let place = |window, number| QueuePosition { window, number };
        assert_eq!(QueuePosition::behind(None, 5, 2), place(5, 1));
        assert_eq!(QueuePosition::behind(Some(place(5, 1)), 5, 2), place(5, 2));
        assert_eq!(QueuePosition::behind(Some(place(5, 2)), 5, 2), place(6, 1));
        assert_eq!(QueuePosition::behind(Some(place(7, 1)), 5, 2), place(7, 2));
        assert_eq!(QueuePosition::behind(Some(place(4, 1)), 5, 2), place(5, 1));
    }
}
