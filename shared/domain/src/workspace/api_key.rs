//! API keys: a program signs in with one, and may do what the key's scopes name and nothing else.

use crate::event::Actor;
use crate::ids::{ApiKeyId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// How coarsely the last use of a key is kept: it is written at most once in this time.
pub const USE_IS_KEPT_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// The most requests that a key may be allowed in a minute.
pub const MOST_REQUESTS_PER_MINUTE: u32 = 1_000;
/// The most keys of a workspace that are neither revoked nor expired.
pub const MOST_KEYS: usize = 50;

crate::codes! {
    /// A scope of an API key: a group of routes, and whether the key may only read there or also change something. What
    /// costs money needs `budget:spend` besides the scope of its group.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum ApiScope {
        LeadsRead = "leads:read",
        LeadsWrite = "leads:write",
        CampaignsRead = "campaigns:read",
        CampaignsWrite = "campaigns:write",
        SequencesRead = "sequences:read",
        SequencesWrite = "sequences:write",
        InboxRead = "inbox:read",
        InboxWrite = "inbox:write",
        TasksRead = "tasks:read",
        TasksWrite = "tasks:write",
        SuppressionsRead = "suppressions:read",
        SuppressionsWrite = "suppressions:write",
        ReportsRead = "reports:read",
        FieldsWrite = "fields:write",
        ColumnsWrite = "columns:write",
        BudgetSpend = "budget:spend",
    }
}

impl ApiScope {
    /// Tells whether the scope allows reading only.
    pub fn only_reads(self) -> bool {
        self.as_str().ends_with(":read")
    }
}

/// A key of a workspace. Its secret is known to its holder alone.
#[derive(Debug, Clone)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub workspace: WorkspaceId,
    pub name: String,
    /// The beginning of the secret, by which a key that turns up somewhere is found and named.
    pub prefix: String,
    /// SHA-256 of the secret.
    pub secret_hash: String,
    pub scopes: BTreeSet<ApiScope>,
    pub requests_per_minute: u32,
    pub created_by: UserId,
    pub created_at: Timestamp,
    /// None if the key is valid until it is revoked.
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// When the key was used, to the hour.
    pub last_used_at: Option<Timestamp>,
    pub rev: u64,
}

crate::codes! {
    /// Whether a key is accepted, and why not.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum ApiKeyState {
        Active = "active",
        Expired = "expired",
        Revoked = "revoked",
    }
}

impl ApiKey {
    pub fn state(&self, now: Timestamp) -> ApiKeyState {
        if self.revoked_at.is_some() {
            ApiKeyState::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            ApiKeyState::Expired
        } else {
            ApiKeyState::Active
        }
    }

    /// Tells whether a use at this time is later than what is known by enough to be written.
    pub fn use_is_news(&self, now: Timestamp) -> bool {
        self.last_used_at.is_none_or(|known| now.duration_since(known) >= USE_IS_KEPT_EVERY)
    }

    pub fn actor(&self) -> Actor {
        Actor::Key(self.id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ApiKey {
        let at = Timestamp::UNIX_EPOCH;
        ApiKey {
            id: ApiKeyId::derived(at, &["k"]),
            workspace: WorkspaceId::derived(at, &["w"]),
            name: "Website form".to_owned(),
            prefix: "lf_12345678".to_owned(),
            secret_hash: String::new(),
            scopes: BTreeSet::from([ApiScope::LeadsWrite]),
            requests_per_minute: 60,
            created_by: UserId::derived(at, &["u"]),
            created_at: at,
            expires_at: Some(at + SignedDuration::from_hours(2)),
            revoked_at: None,
            last_used_at: None,
            rev: 0,
        }
    }

    #[test]
    fn key_is_active_until_it_expires_or_is_revoked() {
        let (at, key) = (Timestamp::UNIX_EPOCH, key());
        let hours = |hours| at + SignedDuration::from_hours(hours);
        assert_eq!(key.state(hours(1)), ApiKeyState::Active);
        assert_eq!(key.state(hours(2)), ApiKeyState::Expired);
        assert_eq!(ApiKey { expires_at: None, ..key.clone() }.state(hours(90_000)), ApiKeyState::Active);
        assert_eq!(ApiKey { revoked_at: Some(at), ..key }.state(hours(9)), ApiKeyState::Revoked);
    }

    #[test]
    fn use_of_a_key_is_news_once_an_hour() {
        let at = Timestamp::UNIX_EPOCH;
        assert!(key().use_is_news(at));
        let used = ApiKey { last_used_at: Some(at), ..key() };
        assert!(!used.use_is_news(at + SignedDuration::from_mins(59)));
        assert!(used.use_is_news(at + SignedDuration::from_mins(60)));
    }
}
