//! The calls to providers about each message, and when: to take it, or to say what became of it.

use crate::trouble::disorder::Disorder;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};

/// One call about one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub began: Timestamp,
    pub ended: Timestamp,
    /// Its tag; of one that is asked after, what it is asked after by.
    pub about: String,
    /// The account, as the provider knows it.
    pub by: String,
    pub what: Asked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The provider was asked to take it, and said this.
    ToTake(Said),
    WhatBecame,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Yes,
    /// It took nothing, and says so.
    Later,
    /// It is not to be reached, or broken: nothing is taken.
    Down,
    /// No, for what we are.
    Blocked,
    /// No for good, or nothing that would be sure.
    Otherwise,
}

#[derive(Clone, Default)]
pub struct Attempts(Arc<Mutex<Vec<Attempt>>>);

impl Attempts {
    /// Notes a call that has just ended.
    pub fn add(&self, disorder: &Disorder, began: Timestamp, (about, by): (String, String), what: Asked) {
        let attempt = Attempt { began, ended: disorder.now(), about, by, what };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(attempt);
    }

    /// All since this was asked last.
    pub fn take(&self) -> Vec<Attempt> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Finds the message's tag: a mail's header, or the first word of a call that looks like a message's id.
pub fn tag_in(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let rest = match text.split_once("X-Leadflow-Message: ") {
        Some((_, rest)) => rest,
        None => &text[text.find("msg_")?..],
    };
    let is_part = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    let tag: String = rest.chars().take_while(is_part).collect();
    (!tag.is_empty()).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_is_found_in_every_carrier() {
        let tag = |text: &str| tag_in(text.as_bytes());
        assert_eq!(tag("References: <msg_1@a>\r\nX-Leadflow-Message: msg_2\r\n\r\nmsg_3").unwrap(), "msg_2");
        assert_eq!(tag("To=%2B1&StatusCallback=a%3Fmessage%3Dmsg_4%26b").unwrap(), "msg_4");
        assert_eq!(tag(r#"{"biz_opaque_callback_data":"msg_5"}"#).unwrap(), "msg_5");
        assert_eq!(tag("To=%2B1"), None);
    }
}
