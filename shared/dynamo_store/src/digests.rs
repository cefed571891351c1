//! The settings of the users' digests, each with the day of the last one.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use application::StoreResult;
use application::ports::digests::DigestStore;
use async_trait::async_trait;
use domain::event::Event;
use domain::time::time_zone::ZoneName;
use domain::workspace::digest::{DigestPart, DigestSettings};
use domain::{UserId, WorkspaceId};
use jiff::civil::Date;

#[async_trait]
impl DigestStore for Table {
    async fn settings(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<DigestSettings> {
        let found = self.find(&keys::notify::digest(workspace, user)).await?;
        Ok(found.unwrap_or_else(|| DigestSettings::usual(workspace.clone(), user.clone())))
    }

    async fn all(&self, workspace: &WorkspaceId) -> StoreResult<Vec<DigestSettings>> {
        self.query_all(Query::table(&keys::notify::digests(workspace)).eventual()).await
    }

    async fn save(&self, settings: &DigestSettings, event: &Event) -> StoreResult<u64> {
        self.save_entity(settings, Some(event)).await
    }
}

plain_item! { DigestSettingsItem of DigestSettings, rev, {
    workspace: WorkspaceId,
    user: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hour: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<ZoneName>,
    parts: Vec<DigestPart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_day: Option<Date>,
} }

impl Stored for DigestSettings {
    const ENTITY: &'static str = "digest_settings";
    type Scope = Tenant;
    type Body = DigestSettingsItem;

    fn key(&self) -> Key<Tenant> {
        keys::notify::digest(&self.workspace, &self.user)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> DigestSettingsItem {
        DigestSettingsItem::of(self)
    }
    fn from_body(body: DigestSettingsItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
