//! What a message is about to say, as its claim keeps it: whoever finds the claim expired can ask for these words, and show
//! them.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// With this much an enrolment is still written in one unit of 1 KB.
const SHORT: usize = 200;

/// The words where they are short, else what they are known by again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Said(String);

impl Said {
    /// `subject`: of a mail.
    pub fn of(subject: &str, text: &str) -> Self {
        if subject.is_empty() && text.len() <= SHORT {
            return Self(format!("={text}"));
        }
        let mut hash = Sha256::new();
        hash.update(subject.as_bytes());
        hash.update([0]);
        hash.update(text.as_bytes());
        let mut known_by = [0; 8];
        known_by.copy_from_slice(&hash.finalize()[..8]);
        Self(format!("#{:016x}", u64::from_be_bytes(known_by)))
    }

    pub fn words(&self) -> Option<&str> {
        self.0.strip_prefix('=')
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_are_kept_and_long_ones_known_again() {
        assert_eq!(Said::of("", "Hello").words(), Some("Hello"));
        let long = "Hello ".repeat(60);
        let (text, mail) = (Said::of("", &long), Said::of("Hi", "Hello"));
        assert_eq!((text.words(), mail.words()), (None, None));
        assert!(text.as_str().len() < 20 && text == Said::of("", &long));
        assert!(mail != Said::of("Hi", "Hello you") && mail != Said::of("Ho", "Hello"));
    }
}
