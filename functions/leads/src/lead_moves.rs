//! The result of pausing or resuming one lead in all its campaigns, as the API shows it.

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

/// One row for each campaign in which the lead is active; none if there is none.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeadMoved {
    pub campaigns: Vec<MovedInCampaign>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MovedInCampaign {
    pub campaign_id: CampaignId,
    pub campaign_name: String,
    pub outcome: MoveOutcome,
    /// The state before, so that the change can be undone.
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
    /// The earliest time of the next step.
    pub due: Option<Timestamp>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PauseToCome {
    /// Left out if the pause lasts until a user resumes the enrolment.
    pub until: Option<Timestamp>,
    /// The reason: a user's pause, or a new owner who has to decide whether it goes on.
    pub reason: HoldReason,
}

impl WhereHeld {
    fn of(enrolment: &Enrolment) -> Self {
        let (hold_reason, held_until) = match *enrolment.state() {
            EnrolmentState::Held { reason, until } => (Some(reason), until),
            _ => (None, None),
        };
        let wanted = enrolment.pause_wanted();
        let pause_wanted = wanted.map(|wanted| PauseToCome { until: wanted.until, reason: wanted.reason });
        let (state, due) = (EnrolmentWord::of(enrolment), enrolment.due());
        Self { state, hold_reason, held_until, pause_wanted, due }
    }
}

impl App {
    pub async fn lead_moved(&self, workspace: &WorkspaceId, all: Vec<InCampaign>) -> ApiResult<LeadMoved> {
        let mut campaigns = Vec::with_capacity(all.len());
        for InCampaign { before, now, outcome } in all {
            let campaign = found(self.campaigns.get(workspace, &now.key().campaign).await)?;
            campaigns.push(MovedInCampaign {
                campaign_name: name_of(campaign.as_ref()),
                outcome,
                before: WhereHeld::of(&before),
                now: WhereHeld::of(&now),
                campaign_id: now.key().campaign.clone(),
            });
        }
        Ok(LeadMoved { campaigns })
    }
}
