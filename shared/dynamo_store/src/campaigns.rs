//! Campaigns: one partition a workspace.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use application::StoreResult;
use application::ports::campaigns::CampaignStore;
use async_trait::async_trait;
use domain::campaign::auto_enrol_rule::AutoEnrolRule;
use domain::campaign::writing::CampaignWriting;
use domain::campaign::{Campaign, CampaignState, WhenMailboxGone};
use domain::enrolment::late_rule::LateAnswer;
use domain::event::Event;
use domain::sequence::ab_look::AbTests;
use domain::time::time_zone::ZoneName;
use domain::workspace::tracking::Untracked;
use domain::{AccountId, CampaignId, SequenceId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl CampaignStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &CampaignId) -> StoreResult<Campaign> {
        self.read(&keys::campaign(workspace, id)).await
    }

    async fn save(&self, campaign: &Campaign, event: &Event) -> StoreResult<u64> {
        self.save_entity(campaign, Some(event)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Campaign>> {
        self.query_all(Query::table(&keys::campaigns(workspace)).descending()).await
    }
}

plain_item! { CampaignItem of Campaign, rev, {
    id: CampaignId,
    workspace: WorkspaceId,
    name: String,
    state: CampaignState,
    state_since: Timestamp,
    paused_until: Option<Timestamp>,
    sequence: SequenceId,
    sequence_version: u32,
    mailboxes: Vec<AccountId>,
    #[serde(default)]
    when_mailbox_gone: WhenMailboxGone,
    sms_sender: Option<AccountId>,
    whatsapp_sender: Option<AccountId>,
    zone: ZoneName,
    lead_tag: Option<String>,
    #[serde(default)]
    only_verified: bool,
    #[serde(default, skip_serializing_if = "Untracked::is_nothing")]
    untracked: Untracked,
    #[serde(default, skip_serializing_if = "CampaignWriting::is_usual")]
    writing: CampaignWriting,
    #[serde(default)]
    promotes_winner: bool,
    #[serde(default, skip_serializing_if = "AbTests::is_usual")]
    ab_tests: AbTests,
    late_answer: Option<LateAnswer>,
    auto_enrol: Option<AutoEnrolRule>,
    owner: Option<UserId>,
    created_at: Timestamp,
    launched_at: Option<Timestamp>,
} }

impl Stored for Campaign {
    const ENTITY: &'static str = "campaign";
    type Scope = Tenant;
    type Body = CampaignItem;

    fn key(&self) -> Key<Tenant> {
        keys::campaign(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> CampaignItem {
        CampaignItem::of(self)
    }
    fn from_body(body: CampaignItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
