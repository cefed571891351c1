//! A line of those who wait for a window of time with room: so many in each, behind all who came before.

/// In the window of this number, the how manieth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub window: i64,
    pub number: u32,
}

impl Place {
    /// The place after `last`, in no window before `from`, of `most` in each.
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
    fn nobody_comes_before_those_who_came_before() {
        let place = |window, number| Place { window, number };
        assert_eq!(Place::behind(None, 5, 2), place(5, 1));
        assert_eq!(Place::behind(Some(place(5, 1)), 5, 2), place(5, 2));
        assert_eq!(Place::behind(Some(place(5, 2)), 5, 2), place(6, 1));
        assert_eq!(Place::behind(Some(place(7, 1)), 5, 2), place(7, 2));
        assert_eq!(Place::behind(Some(place(4, 1)), 5, 2), place(5, 1));
    }
}
