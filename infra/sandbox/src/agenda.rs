//! The future actions of simulated people and providers, with their times.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::inbound::Delivery;
use crate::phone::PhoneStep;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Action {
    Open {
        mail: usize,
    },
    /// Follows one link; the page behind it decides what happens next.
    Click {
        who: String,
        mail: Option<usize>,
        url: String,
    },
    /// A security scanner fetches everything in the mail.
    Scan {
        mail: usize,
    },
    /// Returns to the preview page; `seconds` on it, then perhaps the call to action.
    Visit {
        who: String,
        url: String,
        seconds: u32,
        cta: bool,
    },
    Beacon(Beacon),
    OneClickUnsubscribe {
        mail: usize,
        tries: u32,
    },
    UnsubscribeOnPage {
        mail: usize,
        tries: u32,
    },
    Reply {
        mail: usize,
        body: String,
        stop: bool,
    },
    WriteElsewhere {
        mail: usize,
        body: String,
    },
    AutoReply {
        mail: usize,
        language: String,
        back: Option<Timestamp>,
    },
    Bounce {
        mail: usize,
        status: String,
        diagnostic: String,
    },
    /// The reader takes a mail for spam, and its provider learns of it.
    Complain {
        mail: usize,
    },
    ReadText {
        text: usize,
    },
    /// A text from a person to one of our numbers.
    SendText {
        from: String,
        to: String,
        body: String,
    },
    TextStatus {
        text: usize,
        status: String,
        error_code: Option<u32>,
        token: String,
    },
    /// The next moment of a call.
    Phone {
        call: usize,
        step: PhoneStep,
    },
    Pay {
        who: String,
        link: Option<String>,
    },
    Deliver(Delivery),
    /// A user's own program calls back with what it found.
    CallBack {
        url: String,
        body: String,
        tries: u32,
    },
}

/// A report of the preview page's script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Beacon {
    pub who: String,
    pub token: String,
    pub session: String,
    pub event: String,
    pub seconds: Option<u32>,
    pub cta: Option<String>,
}

/// Due actions in order of time, then of entry.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(Timestamp, Action)>", into = "Vec<(Timestamp, Action)>")]
pub(crate) struct Agenda {
    entries: u64,
    items: BTreeMap<(Timestamp, u64), Action>,
}

impl Agenda {
    pub fn add(&mut self, at: Timestamp, action: Action) {
        self.entries += 1;
        self.items.insert((at, self.entries), action);
    }

    pub fn next_due(&self) -> Option<Timestamp> {
        self.items.keys().next().map(|(at, _)| *at)
    }

    pub fn take_due(&mut self, now: Timestamp) -> Option<(Timestamp, Action)> {
        let first = self.items.first_entry()?;
        let at = first.key().0;
        (at <= now).then(|| (at, first.remove()))
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }
}

impl From<Vec<(Timestamp, Action)>> for Agenda {
    fn from(list: Vec<(Timestamp, Action)>) -> Self {
        let mut agenda = Self::default();
        for (at, action) in list {
            agenda.add(at, action);
        }
        agenda
    }
}

impl From<Agenda> for Vec<(Timestamp, Action)> {
    fn from(agenda: Agenda) -> Self {
        agenda.items.into_iter().map(|((at, _), action)| (at, action)).collect()
    }
}
