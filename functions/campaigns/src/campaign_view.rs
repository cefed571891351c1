//! What the API tells of a campaign.

use crate::App;
use application::campaign::version_sent::version_sent;
use domain::campaign::auto_enrol_rule::Evergreen;
use domain::campaign::{Campaign, CampaignState, WhenMailboxGone};
use domain::enrolment::late_rule::LateAnswer;
use domain::time::time_zone::ZoneName;
use domain::{CampaignId, ConnectionId, SequenceId, UserId};
use http_api::{ApiResult, utoipa};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CampaignView {
    pub id: CampaignId,
    pub name: String,
    pub state: CampaignWord,
    pub state_since: Timestamp,
    /// Of a pause: it goes on by itself then.
    pub paused_until: Option<Timestamp>,
    pub sequence_id: SequenceId,
    /// Pinned at launch; of a draft the newest, which its launch pins.
    pub sequence_version: u32,
    /// The connections that send its e-mail; each lead is written to from one of them.
    pub mailbox_ids: Vec<ConnectionId>,
    pub when_mailbox_gone: WhenMailboxGone,
    /// The connection that sends its SMS.
    pub sms_sender_id: Option<ConnectionId>,
    pub whatsapp_sender_id: Option<ConnectionId>,
    /// Where a lead's own zone is unknown.
    pub zone: ZoneName,
    /// Put on every lead that is enrolled.
    pub lead_tag: Option<String>,
    /// Who is mailed is taken in only where a verifier has found the address deliverable.
    pub only_verified: bool,
    /// Where a variant is ahead by its figures, the others are paused, once, in the version that it is on.
    pub promotes_winner: bool,
    /// What a person has said of those whom a pause or an outage had made late; without it the workspace's setting counts.
    pub late_answer: Option<LateAnswer>,
    /// What it takes people in by, while it is active.
    pub evergreen: Option<Evergreen>,
    pub owner: Option<UserId>,
    pub created_at: Timestamp,
    pub launched_at: Option<Timestamp>,
    pub rev: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CampaignWord {
    Draft,
    Active,
    /// A message that was under way may still go out.
    Pausing,
    Paused,
    Completed,
    Archived,
}

impl CampaignWord {
    pub fn of(campaign: &Campaign, now: Timestamp) -> Self {
        match campaign.state {
            CampaignState::Draft => Self::Draft,
            CampaignState::Active => Self::Active,
            CampaignState::Paused if campaign.is_pausing(now) => Self::Pausing,
            CampaignState::Paused => Self::Paused,
            CampaignState::Completed => Self::Completed,
            CampaignState::Archived => Self::Archived,
        }
    }
}

impl App {
    /// Of one that may be a draft.
    pub async fn view(&self, mut campaign: Campaign, now: Timestamp) -> ApiResult<CampaignView> {
        campaign.sequence_version = version_sent(&*self.sequences, &campaign).await?;
        Ok(CampaignView::of(campaign, now))
    }
}

impl CampaignView {
    pub fn of(campaign: Campaign, now: Timestamp) -> Self {
        Self {
            state: CampaignWord::of(&campaign, now),
            id: campaign.id,
            name: campaign.name,
            state_since: campaign.state_since,
            paused_until: campaign.paused_until,
            sequence_id: campaign.sequence,
            sequence_version: campaign.sequence_version,
            mailbox_ids: campaign.mailboxes,
            when_mailbox_gone: campaign.when_mailbox_gone,
            sms_sender_id: campaign.sms_sender,
            whatsapp_sender_id: campaign.whatsapp_sender,
            zone: campaign.zone,
            lead_tag: campaign.lead_tag,
            only_verified: campaign.only_verified,
            promotes_winner: campaign.promotes_winner,
            late_answer: campaign.late_answer,
            evergreen: campaign.evergreen,
            owner: campaign.owner,
            created_at: campaign.created_at,
            launched_at: campaign.launched_at,
            rev: campaign.rev,
        }
    }
}
