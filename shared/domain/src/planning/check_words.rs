//! Turns enum codes into plain words for the text of a check.

use std::fmt::Debug;

/// `PausedByUser` becomes “paused by user”.
pub fn plain(code: impl Debug) -> String {
    let mut words = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::plain;
    use crate::campaign::CampaignState;
    use crate::enrolment::reasons::HoldReason;

    #[test]
    fn codes_become_words() {
        assert_eq!(plain(HoldReason::PausedByUser), "paused by user");
        assert_eq!(plain(CampaignState::Draft), "draft");
    }
}
