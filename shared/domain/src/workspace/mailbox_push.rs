//! The notices by which a provider tells that mail has arrived, so that the mailbox is read at once. `docs/adr/0071` tells
//! why polls go on besides.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long before its end a subscription is renewed: a mailbox that cannot be reached for a day keeps it.
const RENEWED_BEFORE: SignedDuration = SignedDuration::from_hours(48);

/// A subscription to a mailbox's notices, as its provider knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushSubscription {
    pub id: String,
    pub expires_at: Timestamp,
    /// The address that its notices go to. It is empty where it is not known.
    #[serde(default)]
    pub url: String,
}

impl PushSubscription {
    /// Whether it is time to renew it.
    pub fn ends_soon(&self, now: Timestamp) -> bool {
        self.expires_at.duration_since(now) < RENEWED_BEFORE
    }

    /// Moves the end, as far as it is known here, so near that the next poll renews it.
    pub fn renew_soon(&mut self, now: Timestamp) {
        self.expires_at = self.expires_at.min(now + RENEWED_BEFORE / 2);
    }
}

/// The news of a notice. The later one of this list asks for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushNews {
    /// Something is new in the mailbox, or notices were lost: it is read.
    Read,
    /// The provider wants the subscription renewed. Until then it may hold notices back.
    Renew,
    /// The subscription is gone: another one is made, and the mailbox is read.
    SubscribeAnew,
}

/// A notice that has arrived, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noticed {
    pub at: Timestamp,
    pub news: PushNews,
}

/// What is to be done so that notices come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushStep {
    Subscribe,
    /// The subscription of this id is renewed.
    Renew(String),
    /// The subscription of this id calls a former address of ours: another one is made, and this one is ended.
    Replace(String),
}
