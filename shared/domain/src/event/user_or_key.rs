//! A user or an API key: either may change something in a workspace by hand or by program.

use crate::event::Actor;
use crate::ids::{ApiKeyId, BadId, UserId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The id of the user or of the API key, as text: `user_01K…` or `key_01K…`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct UserOrKey(String);

impl UserOrKey {
    pub fn parse(text: &str) -> Result<Self, BadId> {
        match ApiKeyId::parse(text) {
            Ok(key) => Ok(key.into()),
            Err(_) => UserId::parse(text).map(Self::from),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn user(&self) -> Option<UserId> {
        UserId::parse(&self.0).ok()
    }

    pub fn key(&self) -> Option<ApiKeyId> {
        ApiKeyId::parse(&self.0).ok()
    }

    pub fn actor(&self) -> Actor {
        match (self.user(), self.key()) {
            (Some(user), _) => Actor::User(user),
            (None, Some(key)) => Actor::Key(key),
            (None, None) => Actor::System,
        }
    }
}

impl From<UserId> for UserOrKey {
    fn from(user: UserId) -> Self {
        Self(user.into())
    }
}

impl From<ApiKeyId> for UserOrKey {
    fn from(key: ApiKeyId) -> Self {
        Self(key.into())
    }
}

impl TryFrom<String> for UserOrKey {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        Self::parse(&text)
    }
}

impl From<UserOrKey> for String {
    fn from(by: UserOrKey) -> Self {
        by.0
    }
}

impl fmt::Display for UserOrKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UserOrKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn user_or_key_is_read_back_from_its_id_and_refuses_other_ids() {
        let user = UserId::derived(Timestamp::UNIX_EPOCH, &["maya"]);
        let key = ApiKeyId::derived(Timestamp::UNIX_EPOCH, &["intake"]);
        let read = UserOrKey::parse(user.as_str()).unwrap();
        assert_eq!((read.user(), read.key(), read.actor()), (Some(user.clone()), None, Actor::User(user)));
        let read = UserOrKey::parse(key.as_str()).unwrap();
        assert_eq!((read.user(), read.key(), read.actor()), (None, Some(key.clone()), Actor::Key(key)));
        let lead = crate::ids::LeadId::derived(Timestamp::UNIX_EPOCH, &["lead"]);
        assert!(UserOrKey::parse(lead.as_str()).is_err());
        assert!(UserOrKey::parse("system").is_err());
    }
}
