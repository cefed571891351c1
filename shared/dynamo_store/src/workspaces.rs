//! Workspaces, and the installation's list of them.

use crate::errors::Cancelled;
use crate::item::{Head, Item, Stored, head, number, plain_item, text};
use crate::keys::{self, Key, System, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::tracking_claims::claiming;
use crate::write::{Write, delete, put, saving};
use application::ports::workspaces::{DomainTaken, WorkspaceStore};
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::capacity::contact_caps::Caps;
use domain::contact::country::Country;
use domain::enrolment::late_rule::WhenLate;
use domain::event::Event;
use domain::lead::consent::policy::ConsentStrictness;
use domain::lead::suppression::Endings;
use domain::message::price::Prices;
use domain::money::Currency;
use domain::time::days_off::DayOff;
use domain::time::time_zone::ZoneName;
use domain::workspace::call_rules::CallRules;
use domain::workspace::lead_access::LeadAccess;
use domain::workspace::recording::RecordingRules;
use domain::workspace::tracking::Tracking;
use domain::workspace::tracking_domain::{DomainName, TrackingDomain};
use domain::workspace::{Company, Sending, WhenUncertain, Workspace};
use jiff::Timestamp;

#[async_trait]
impl WorkspaceStore for Table {
    async fn get(&self, id: &WorkspaceId) -> StoreResult<Workspace> {
        self.read(&keys::workspace(id)).await
    }

    async fn save(&self, workspace: &Workspace, event: &Event) -> StoreResult<u64> {
        if workspace.rev == 0 {
            let writes = vec![saving(workspace, Some(event))?, registering(&workspace.id)];
            self.transact(writes).await?;
            return Ok(1);
        }
        self.save_entity(workspace, Some(event)).await
    }

    async fn set_tracking_domain(
        &self,
        mut workspace: Workspace,
        domain: Option<TrackingDomain>,
        event: &Event,
    ) -> StoreResult<Result<Workspace, DomainTaken>> {
        let working = domain.as_ref().filter(|domain| domain.works()).map(|domain| domain.name.clone());
        let new = domain.as_ref().map(|domain| domain.name.clone());
        let former = std::mem::replace(&mut workspace.tracking.domain, domain).map(|domain| domain.name);
        let given_up = former.filter(|former| new.as_ref() != Some(former));
        let mut writes = vec![saving(&workspace, Some(event))?];
        if let Some(name) = &working {
            let claim = self.domain_claim(name).await?;
            if let Some(claim) = claim.as_ref().filter(|claim| claim.workspace != workspace.id)
                && self.holds(claim, name).await?
            {
                return Ok(Err(DomainTaken));
            }
            writes.push(claiming(name, &workspace, claim.as_ref()));
        }
        if let Some(name) = given_up {
            let claim = self.domain_claim(&name).await?.filter(|claim| claim.workspace == workspace.id);
            writes.extend(claim.map(|claim| delete(&keys::tracking_domain(&name), Some(claim.unchanged()))));
        }
        match self.transact(writes).await {
            Ok(()) => {
                workspace.rev += 1;
                Ok(Ok(workspace))
            }
            // The workspace or a claim was changed meanwhile.
            Err(Cancelled::Conditions(_)) => Err(StoreError::Conflict),
            Err(Cancelled::Other(error)) => Err(error),
        }
    }

    async fn is_domain_taken(&self, workspace: &WorkspaceId, name: &DomainName) -> StoreResult<bool> {
        match self.domain_claim(name).await?.filter(|claim| claim.workspace != *workspace) {
            Some(claim) => self.holds(&claim, name).await,
            None => Ok(false),
        }
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
    put(entry(&keys::workspace_entry(id), "workspace_entry"), None)
}

pub(crate) fn entry(key: &Key<System>, entity: &str) -> Item {
    Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text(entity)),
        ("v".to_owned(), number(1)),
    ])
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
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ai_drafts_answers: bool,
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
    #[serde(default, skip_serializing_if = "ConsentStrictness::is_law")]
    consent: ConsentStrictness,
    #[serde(default, skip_serializing_if = "is_never")]
    company_hold_days: u8,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    days_off: Vec<DayOff>,
    #[serde(default, skip_serializing_if = "LeadAccess::is_usual")]
    lead_access: LeadAccess,
    #[serde(default, skip_serializing_if = "CallRules::are_usual")]
    calls: CallRules,
    #[serde(default, skip_serializing_if = "RecordingRules::are_usual")]
    recording: RecordingRules,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    two_steps_required: bool,
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
