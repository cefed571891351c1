//! The state of auto-enrol, one small item beside each campaign: how far it is with its day, and what its last look
//! saw; and the counts of each enrol job.

use crate::item::{Head, Stored, encode, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::write::put;
use application::StoreResult;
use application::ports::auto_enrol::AutoEnrolStore;
use async_trait::async_trait;
use domain::campaign::auto_enrol::{AutoEnrolState, Look};
use domain::campaign::enrol_progress::{EnrolCount, Outcomes};
use domain::event::Event;
use domain::{CampaignId, WorkspaceId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

#[async_trait]
impl AutoEnrolStore for Table {
    async fn get(
        &self,
        workspace: &WorkspaceId,
        campaign: &CampaignId,
    ) -> StoreResult<Option<AutoEnrolState>> {
        self.find(&keys::auto_enrol_state(workspace, campaign)).await
    }

    async fn save(&self, auto_enrol_state: &AutoEnrolState, event: &Event) -> StoreResult<u64> {
        self.save_entity(auto_enrol_state, Some(event)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<AutoEnrolState>> {
        self.query_all(Query::table(&keys::auto_enrols(workspace))).await
    }

    async fn put_count(&self, count: &EnrolCount, event: &Event) -> StoreResult<()> {
        Ok(self.write(put(encode(count, 1, Some(event))?, None)).await?)
    }

    async fn counts(&self, workspace: &WorkspaceId, campaign: &CampaignId) -> StoreResult<Vec<EnrolCount>> {
        let partition = keys::enrol_counts(workspace, campaign);
        self.query_all(Query::table(&partition).eventual().descending().limit(COUNTS_SHOWN)).await
    }
}

const COUNTS_SHOWN: usize = 10;
const COUNTS_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

plain_item! { AutoEnrolItem of AutoEnrolState, rev, {
    workspace: WorkspaceId,
    campaign: CampaignId,
    day: Date,
    taken: u32,
    look: Option<Look>,
    goes_on_at: Option<String>,
} }

impl Stored for AutoEnrolState {
    const ENTITY: &'static str = "auto_enrol_state";
    type Scope = Tenant;
    type Body = AutoEnrolItem;

    fn key(&self) -> Key<Tenant> {
        keys::auto_enrol_state(&self.workspace, &self.campaign)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> AutoEnrolItem {
        AutoEnrolItem::of(self)
    }
    fn from_body(body: AutoEnrolItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { CountItem of EnrolCount, {
    workspace: WorkspaceId,
    campaign: CampaignId,
    job: String,
    started_at: Timestamp,
    finished_at: Option<Timestamp>,
    outcomes: Outcomes,
} }

impl Stored for EnrolCount {
    const ENTITY: &'static str = "enrol_count";
    type Scope = Tenant;
    type Body = CountItem;

    fn key(&self) -> Key<Tenant> {
        keys::enrol_count(&self.workspace, &self.campaign, &self.job)
    }
    fn expires(&self) -> Option<Timestamp> {
        self.started_at.checked_add(COUNTS_KEPT).ok()
    }
    fn body(&self, _rev: u64) -> CountItem {
        CountItem::of(self)
    }
    fn from_body(body: CountItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
