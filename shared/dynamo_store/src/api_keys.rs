//! API keys: an item each beside the workspace's users, and a look-up by the secret's digest that leads to it.

use crate::errors::Refused;
use crate::item::{Head, Item, Stored, encode, head, number, plain_item, text, text_of};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::write::{Expression, absent, put, update};
use application::StoreResult;
use application::ports::api_keys::ApiKeyStore;
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::api_key::{ApiKey, ApiScope};
use domain::{ApiKeyId, UserId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeSet;

#[async_trait]
impl ApiKeyStore for Table {
    async fn create(&self, key: &ApiKey, event: &Event) -> StoreResult<()> {
        let pointer = keys::api_key_by_hash(&key.secret_hash);
        let pointer = Item::from([
            ("pk".to_owned(), text(pointer.pk())),
            ("sk".to_owned(), text(pointer.sk())),
            ("entity".to_owned(), text("api_key_secret")),
            ("v".to_owned(), number(1)),
            ("workspace".to_owned(), text(key.workspace.as_str())),
            ("key".to_owned(), text(key.id.as_str())),
        ]);
        let writes = vec![put(pointer, absent()), put(encode(key, 1, Some(event))?, absent())];
        Ok(self.transact(writes).await?)
    }

    async fn get(&self, workspace: &WorkspaceId, id: &ApiKeyId) -> StoreResult<ApiKey> {
        self.read(&keys::api_key(workspace, id)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<ApiKey>> {
        self.query_all(Query::table(&keys::api_keys(workspace)).descending()).await
    }

    async fn save(&self, key: &ApiKey, event: &Event) -> StoreResult<u64> {
        self.save_entity(key, Some(event)).await
    }

    async fn by_hash(&self, secret_hash: &str) -> StoreResult<Option<ApiKey>> {
        let Some(pointer) = self.read_item(&keys::api_key_by_hash(secret_hash)).await? else {
            return Ok(None);
        };
        let workspace = WorkspaceId::parse(text_of(&pointer, "workspace").unwrap_or_default());
        let key = ApiKeyId::parse(text_of(&pointer, "key").unwrap_or_default());
        match (workspace, key) {
            (Ok(workspace), Ok(key)) => self.find(&keys::api_key(&workspace, &key)).await,
            _ => Err(head(&pointer)?.corrupt("names no API key")),
        }
    }

    async fn note_use(&self, key: &ApiKey, at: Timestamp) -> StoreResult<()> {
        let change = Expression::new("SET last_used_at = :at").value(":at", text(at.to_string()));
        // Of several requests in the same hour one writes.
        let later = Expression::new(
            "attribute_exists(pk) AND (attribute_not_exists(last_used_at) OR last_used_at < :at)",
        );
        match self.write(update(&keys::api_key(&key.workspace, &key.id), change, Some(later))).await {
            Ok(()) | Err(Refused::Condition(_)) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }
}

plain_item! { ApiKeyItem of ApiKey, rev, {
    id: ApiKeyId,
    workspace: WorkspaceId,
    name: String,
    prefix: String,
    secret_hash: String,
    scopes: BTreeSet<ApiScope>,
    requests_per_minute: u32,
    created_by: UserId,
    created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Timestamp>,
} }

impl Stored for ApiKey {
    const ENTITY: &'static str = "api_key";
    type Scope = Tenant;
    type Body = ApiKeyItem;

    fn key(&self) -> Key<Tenant> {
        keys::api_key(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> ApiKeyItem {
        ApiKeyItem::of(self)
    }
    fn from_body(body: ApiKeyItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
