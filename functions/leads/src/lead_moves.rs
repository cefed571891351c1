//! What the API tells of one lead that was paused, or let go on, in all that it is in.

use crate::App;
use crate::get_timeline::name_of;
use crate::timeline::EnrolmentWord;
use application::lead::pause_lead::InCampaign;
use application::ports::store::found;
use domain::enrolment::pause::MoveOutcome;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::{CampaignId, WorkspaceId};
use http_api::{ApiResult, utoipa};
use jiff::Timestamp;
use serde::Serialize;

/// One row for each campaign that the lead is under way in; where there is none it is in none.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeadMoved {
    pub campaigns: Vec<MovedInCampaign>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MovedInCampaign {
    pub campaign_id: CampaignId,
    pub campaign_name: String,
    pub outcome: MoveOutcome,
    /// Where it stood, so that this can be taken back.
    pub before: WhereHeld,
    pub now: WhereHeld,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WhereHeld {
    pub state: EnrolmentWord,
    pub hold_reason: Option<HoldReason>,
    pub held_until: Option<Timestamp>,
    /// A pause that begins later.
    pub pause_wanted: Option<PauseToCome>,
    /// When it is next, at the earliest.
    pub due: Option<Timestamp>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PauseToCome {
    /// Left out: until somebody resumes it.
    pub until: Option<Timestamp>,
    /// A person's pause, or another owner who has to say that it goes on.
    pub reason: HoldReason,
}

impl WhereHeld {
    fn of(enrolment: &Enrolment) -> Self {
        let (hold_reason, held_until) = match enrolment.state {
            EnrolmentState::Held { reason, until } => (Some(reason), until),
            _ => (None, None),
        };
        let wanted = enrolment.pause_wanted;
        let pause_wanted = wanted.map(|wanted| PauseToCome { until: wanted.until, reason: wanted.reason });
        let (state, due) = (EnrolmentWord::of(enrolment), enrolment.due);
        Self { state, hold_reason, held_until, pause_wanted, due }
    }
}

impl App {
    pub async fn lead_moved(&self, workspace: &WorkspaceId, all: Vec<InCampaign>) -> ApiResult<LeadMoved> {
        let mut campaigns = Vec::with_capacity(all.len());
        for InCampaign { before, now, outcome } in all {
            let campaign = found(self.campaigns.get(workspace, &now.key.campaign).await)?;
            campaigns.push(MovedInCampaign {
                campaign_name: name_of(campaign.as_ref()),
                outcome,
                before: WhereHeld::of(&before),
                now: WhereHeld::of(&now),
                campaign_id: now.key.campaign,
            });
        }
        Ok(LeadMoved { campaigns })
    }
}
