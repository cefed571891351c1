//! An API key as the API shows it. Its secret is returned only to the admin who creates it, once.

use domain::workspace::api_key::{ApiKey, ApiKeyState, ApiScope};
use domain::{ApiKeyId, UserId};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ApiKeyView {
    pub id: ApiKeyId,
    pub name: String,
    /// The beginning of the secret, by which a key that turns up somewhere is recognised.
    pub prefix: String,
    pub state: ApiKeyState,
    pub scopes: Vec<ApiScope>,
    pub requests_per_minute: u32,
    pub created_by: UserId,
    pub created_at: Timestamp,
    /// None if the key is valid until it is revoked.
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// The hour of the last use; none if the key was never used.
    pub last_used_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NewApiKeyView {
    #[serde(flatten)]
    pub key: ApiKeyView,
    /// What a program sends as `Authorization: Bearer lf_…`. It is not stored and cannot be shown again.
    pub secret: String,
}

impl ApiKeyView {
    pub fn of(key: ApiKey, now: Timestamp) -> Self {
        let state = key.state(now);
        let ApiKey { id, name, prefix, scopes, requests_per_minute, created_by, created_at, .. } = key;
        let (expires_at, revoked_at, last_used_at) = (key.expires_at, key.revoked_at, key.last_used_at);
        let scopes = scopes.into_iter().collect();
        Self {
            id,
            name,
            prefix,
            state,
            scopes,
            requests_per_minute,
            created_by,
            created_at,
            expires_at,
            revoked_at,
            last_used_at,
        }
    }
}
