//! An event: who changed something, what kind of change it was and why. It is stored on the item that
//! changed; the stream's image of that item is the event. It has ids, codes and numbers only, never personal
//! data.

mod kind;
mod user_or_key;

use crate::ids::{AccountId, ApiKeyId, UserId};
use jiff::Timestamp;
pub use kind::EventKind;
use serde::{Deserialize, Serialize};
pub use user_or_key::UserOrKey;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    User(UserId),
    /// A program that signed in with this API key.
    Key(ApiKeyId),
    Lead,
    Provider(AccountId),
    System,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub kind: EventKind,
    pub actor: Actor,
    /// The id of the cause: a message, an import, a provider's event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    pub at: Timestamp,
}

impl Event {
    pub fn new(kind: EventKind, actor: Actor, at: Timestamp) -> Self {
        Self { kind, actor, cause: None, at }
    }

    pub fn system(kind: EventKind, at: Timestamp) -> Self {
        Self::new(kind, Actor::System, at)
    }

    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}
