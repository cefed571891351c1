//! A draft as the API shows it. Only its author can see it.

use crate::App;
use application::ports::messages::Draft;
use domain::contact::channel::Channel;
use domain::{DraftId, LeadId};
use http_api::{ApiError, ApiResult, Caller, utoipa};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DraftView {
    pub id: DraftId,
    pub lead_id: Option<LeadId>,
    pub channel: Channel,
    pub subject: String,
    pub body: String,
    pub updated_at: Timestamp,
}

impl From<Draft> for DraftView {
    fn from(draft: Draft) -> Self {
        Self {
            id: draft.id,
            lead_id: draft.lead,
            channel: draft.channel,
            subject: draft.subject,
            body: draft.body,
            updated_at: draft.updated_at,
        }
    }
}

impl App {
    pub(crate) async fn own_draft(&self, caller: &Caller, id: &DraftId) -> ApiResult<Draft> {
        let draft = self.messages.draft(&caller.workspace, id).await?;
        if draft.author != caller.signed_in()?.user {
            return Err(ApiError::not_found("draft"));
        }
        if let Some(lead) = &draft.lead {
            caller.check_lead(lead).await?;
        }
        Ok(draft)
    }
}
