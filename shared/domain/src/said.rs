//! Digest of the content that a claim sends. If the claim expires, reconciliation looks for a message to this
//! address with these words, even if the lead's address has changed since.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The longest text kept as it is: with it an enrolment is still written in one unit of 1 KB.
pub const SHORT: usize = 180;

/// The address, a blank, and the words if they are short, else their hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Said(String);

impl Said {
    /// The digest of a message; `subject` is empty for all but mails.
    pub fn of(to: &str, subject: &str, text: &str) -> Self {
        if subject.is_empty() && text.len() <= SHORT {
            return Self(format!("{to} ={text}"));
        }
        let mut hash = Sha256::new();
        hash.update(subject.as_bytes());
        hash.update([0]);
        hash.update(text.as_bytes());
        let mut known_by = [0; 8];
        known_by.copy_from_slice(&hash.finalize()[..8]);
        Self(format!("{to} #{:016x}", u64::from_be_bytes(known_by)))
    }

    pub fn to(&self) -> Option<&str> {
        self.0.split_once(' ').map(|(to, _)| to).filter(|to| !to.is_empty())
    }

    pub fn words(&self) -> Option<&str> {
        self.0.split_once(' ')?.1.strip_prefix('=')
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_is_kept_and_long_text_hashed() {
        let of = |subject, text| Said::of("pat@x.example", subject, text);
        assert_eq!(of("", "Hello you").words(), Some("Hello you"));
        let long = "Hello ".repeat(60);
        let (text, mail) = (of("", &long), of("Hi", "Hello"));
        assert_eq!((text.words(), mail.words()), (None, None));
        assert!(text.as_str().len() < 40 && text == of("", &long));
        assert!(mail != of("Hi", "Hello you") && mail != of("Ho", "Hello"));
        assert_eq!((mail.to(), of("", "").to()), (Some("pat@x.example"), Some("pat@x.example")));
        assert!(mail != Said::of("kim@x.example", "Hi", "Hello"));
    }
}
