//! Workspaces, and the installation's list of them.

use crate::item::{Head, Item, Stored, head, number, plain_item, text};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::write::{Write, put};
use application::StoreResult;
use application::ports::workspaces::WorkspaceStore;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::capacity::contact_caps::Caps;
use domain::contact::country::Country;
use domain::enrolment::late_rule::WhenLate;
use domain::event::Event;
use domain::lead::suppression::Endings;
use domain::message::price::Prices;
use domain::money::Currency;
use domain::time::days_off::DayOff;
use domain::time::time_zone::ZoneName;
use domain::workspace::tracking::Tracking;
use domain::workspace::{Company, Sending, WhenUncertain, Workspace};
use jiff::Timestamp;

#[async_trait]
impl WorkspaceStore for Table {
    async fn get(&self, id: &WorkspaceId) -> StoreResult<Workspace> {
        self.read(&keys::workspace(id)).await
    }

    async fn save(&self, workspace: &Workspace, event: &Event) -> StoreResult<u64> {
        if workspace.rev == 0 {
            let writes = vec![crate::write::saving(workspace, Some(event))?, registering(&workspace.id)];
            self.transact(writes).await?;
            return Ok(1);
        }
        self.save_entity(workspace, Some(event)).await
    }

    async fn ids(&self) -> StoreResult<Vec<WorkspaceId>> {
        let items = self.query(Query::table(&keys::workspaces())).await?;
        let id = |item: &Item| {
            let head = head(item)?;
            WorkspaceId::parse(&format!("ws_{}", head.sk)).map_err(|why| head.corrupt(why))
        };
        items.iter().map(id).collect()
    }
}

pub(crate) fn registering(id: &WorkspaceId) -> Write {
    let key = keys::workspace_entry(id);
    let item = Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text("workspace_entry")),
        ("v".to_owned(), number(1)),
    ]);
    put(item, None)
}

plain_item! { WorkspaceItem of Workspace, rev, {
    id: WorkspaceId,
    name: String,
    company: Company,
    default_country: Country,
    default_zone: ZoneName,
    currency: Currency,
    ai_enabled: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ai_reads_answers: bool,
    enrichment_enabled: bool,
    tracking: Tracking,
    house_voice: String,
    sending: Sending,
    #[serde(default)]
    when_uncertain: WhenUncertain,
    #[serde(default, skip_serializing_if = "WhenLate::is_hold")]
    when_late: WhenLate,
    /// The stored name is new: under `endings` lies what sign-up once set for every workspace, which no user chose.
    #[serde(rename = "chosen_endings", default, skip_serializing_if = "Endings::are_for_everything")]
    endings: Endings,
    #[serde(default, skip_serializing_if = "is_never")]
    company_hold_days: u8,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    days_off: Vec<DayOff>,
    #[serde(default)]
    caps: Caps,
    #[serde(default, skip_serializing_if = "Prices::are_unset")]
    prices: Prices,
    created_at: Timestamp,
} }

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_never(days: &u8) -> bool {
    *days == 0
}

impl Stored for Workspace {
    const ENTITY: &'static str = "workspace";
    type Scope = Tenant;
    type Body = WorkspaceItem;

    fn key(&self) -> Key<Tenant> {
        keys::workspace(&self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> WorkspaceItem {
        WorkspaceItem::of(self)
    }
    fn from_body(body: WorkspaceItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
