//! A campaign as the API shows it.

use crate::App;
use application::campaign::version_sent::version_sent;
use domain::campaign::auto_enrol_rule::AutoEnrolRule;
use domain::campaign::writing::CampaignWriting;
use domain::campaign::{Campaign, CampaignState, WhenMailboxGone};
use domain::enrolment::late_rule::LateAnswer;
use domain::time::time_zone::ZoneName;
use domain::workspace::tracking::Untracked;
use domain::{AccountId, CampaignId, SequenceId, UserId};
use http_api::{ApiResult, utoipa};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CampaignView {
    pub id: CampaignId,
    pub name: String,
    pub state: CampaignWord,
    pub state_since: Timestamp,
    /// When a paused campaign resumes automatically.
    pub paused_until: Option<Timestamp>,
    pub sequence_id: SequenceId,
    /// The version pinned at launch; for a draft the newest one, which its launch pins.
    pub sequence_version: u32,
    /// The accounts that send its e-mail; each lead gets mail from one of them.
    pub mailbox_ids: Vec<AccountId>,
    pub when_mailbox_gone: WhenMailboxGone,
    /// The account that sends its SMS.
    pub sms_sender_id: Option<AccountId>,
    pub whatsapp_sender_id: Option<AccountId>,
    /// The time zone for leads whose own is unknown.
    pub zone: ZoneName,
    /// A tag that every enrolled lead gets.
    pub lead_tag: Option<String>,
    /// Leads that get e-mail are enrolled only if a verifier has found their address deliverable.
    pub only_verified: bool,
    /// What is not tracked in its mails, besides what the workspace switched off.
    pub untracked: Untracked,
    /// How models write for it: whether, in which tone and language, about what, and for how much.
    pub writing: CampaignWriting,
    /// Pauses the other variants of a step, once, in the campaign's present version, if one is ahead when they are
    /// compared.
    pub promotes_winner: bool,
    /// The leads that each variant of an A/B test must reach before the variants are compared, once; fixed at launch.
    pub leads_per_variant: u64,
    /// The user's decision about late messages; without it the workspace's setting applies.
    pub late_answer: Option<LateAnswer>,
    /// The filter and daily number of automatic enrolment, which runs while the campaign is active.
    pub auto_enrol: Option<AutoEnrolRule>,
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
    /// The pause has begun; a message that was already claimed may still go out.
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
    /// Shows the campaign; a draft with the version that its launch would pin.
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
            untracked: campaign.untracked,
            writing: campaign.writing,
            promotes_winner: campaign.promotes_winner,
            leads_per_variant: campaign.ab_tests.leads,
            late_answer: campaign.late_answer,
            auto_enrol: campaign.auto_enrol,
            owner: campaign.owner,
            created_at: campaign.created_at,
            launched_at: campaign.launched_at,
            rev: campaign.rev,
        }
    }
}
