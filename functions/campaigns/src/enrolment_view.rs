//! What the API tells of one lead in one campaign.

use crate::App;
use domain::enrolment::{EndReason, Enrolment, EnrolmentState, HoldReason};
use domain::lead::Lead;
use domain::{CampaignId, LeadId, UserId, WorkspaceId};
use http_api::{ApiError, ApiResult, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EnrolmentView {
    pub lead_id: LeadId,
    pub lead_name: String,
    pub company: Option<String>,
    pub campaign_id: CampaignId,
    pub state: EnrolmentWord,
    /// Why it is held, and until when; why it ended.
    pub hold_reason: Option<HoldReason>,
    pub held_until: Option<Timestamp>,
    pub end_reason: Option<EndReason>,
    pub version: u32,
    /// Index of the next step.
    pub step: u16,
    /// Not before this instant.
    pub due: Option<Timestamp>,
    /// Tries of the present step that failed.
    pub attempts: u8,
    pub enrolled_at: Timestamp,
    pub enrolled_by: Option<UserId>,
    pub ended_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentWord {
    Pending,
    Scheduled,
    Sending,
    Held,
    Ended,
}

impl EnrolmentView {
    pub fn of(enrolment: Enrolment, lead: Option<&Lead>) -> Self {
        let (state, hold_reason, held_until, end_reason) = match enrolment.state {
            EnrolmentState::Pending => (EnrolmentWord::Pending, None, None, None),
            EnrolmentState::Scheduled => (EnrolmentWord::Scheduled, None, None, None),
            EnrolmentState::Claimed { .. } => (EnrolmentWord::Sending, None, None, None),
            EnrolmentState::Held { reason, until } => (EnrolmentWord::Held, Some(reason), until, None),
            EnrolmentState::Ended { reason } => (EnrolmentWord::Ended, None, None, Some(reason)),
        };
        Self {
            lead_name: lead.map_or_else(|| "A deleted lead".to_owned(), Lead::display_name),
            company: lead.and_then(|lead| lead.company.clone()),
            lead_id: enrolment.key.lead,
            campaign_id: enrolment.key.campaign,
            state,
            hold_reason,
            held_until,
            end_reason,
            version: enrolment.version,
            step: enrolment.step,
            due: enrolment.due,
            attempts: enrolment.attempts,
            enrolled_at: enrolment.enrolled_at,
            enrolled_by: enrolment.enrolled_by,
            ended_at: enrolment.ended_at,
        }
    }
}

impl App {
    /// With the names of their leads, read together.
    pub async fn enrolment_views(
        &self,
        workspace: &WorkspaceId,
        enrolments: Vec<Enrolment>,
    ) -> ApiResult<Vec<EnrolmentView>> {
        let ids: Vec<LeadId> = enrolments.iter().map(|enrolment| enrolment.key.lead.clone()).collect();
        let leads = self.leads.get_many(workspace, &ids).await?;
        let leads: BTreeMap<LeadId, Lead> = leads.into_iter().map(|lead| (lead.id.clone(), lead)).collect();
        let view = |enrolment: Enrolment| {
            let lead = leads.get(&enrolment.key.lead);
            EnrolmentView::of(enrolment, lead)
        };
        Ok(enrolments.into_iter().map(view).collect())
    }

    pub async fn enrolment_view(&self, enrolment: Enrolment) -> ApiResult<EnrolmentView> {
        let workspace = enrolment.key.workspace.clone();
        let mut views = self.enrolment_views(&workspace, vec![enrolment]).await?;
        views.pop().ok_or_else(|| ApiError::internal("one enrolment has one view"))
    }
}
