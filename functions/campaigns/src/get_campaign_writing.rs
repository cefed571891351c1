//! `GET /api/campaigns/{id}/writing`: what models have cost for the campaign, and the opening line that it uses for a lead.

use crate::App;
use application::lead::campaign_line::{LineShown, show_line};
use axum::extract::State;
use domain::ai_prompt::WrittenWith;
use domain::campaign::Campaign;
use domain::campaign::writing::{CampaignWriting, LineSource};
use domain::lead::enrichment::{CitedFact, FieldStatus};
use domain::spend::Usd;
use domain::{CampaignId, LeadId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, QueryOf, axum, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WritingQuery {
    /// A lead whose opening line is shown.
    lead_id: Option<LeadId>,
}

/// Amounts are millionths of a US dollar.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CampaignWritingView {
    pub settings: CampaignWriting,
    /// Whether AI is switched on in the workspace, without which no campaign writes anything.
    pub ai_enabled: bool,
    pub spent: Usd,
    /// What is set aside for calls under way.
    pub reserved: Usd,
    /// What is left of the budget; unlimited if left out.
    pub left: Option<Usd>,
    /// The opening line for the lead that was asked for.
    pub example: Option<LineExample>,
}

/// The opening line that the campaign uses for a lead now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LineExample {
    pub lead_id: LeadId,
    pub lead_name: String,
    /// The line; left out while none is written.
    pub text: Option<String>,
    pub from: Option<LineSource>,
    /// Why it is not the campaign's own line, or not a model's, or why there is none.
    pub why: Option<String>,
    pub facts: Vec<CitedFact>,
    /// The model and the prompt that it was written with; left out for a user's and the default text.
    pub written_with: Option<WrittenWith>,
    pub written_at: Option<Timestamp>,
}

/// Nothing is written for this: it is the line that a message would have if it went out now.
#[utoipa::path(get, path = "/api/campaigns/{id}/writing", operation_id = "get_campaign_writing",
    params(("id" = CampaignId, Path), ("lead_id" = Option<LeadId>, Query)), responses((status = 200, body = CampaignWritingView)))]
pub async fn get_campaign_writing(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    QueryOf(query): QueryOf<WritingQuery>,
) -> ApiResult<JsonBody<CampaignWritingView>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    let workspace = caller.read_workspace(&*app.workspaces).await?;
    let limit = campaign.spend_limit();
    let budget = app.spend.budgets(&caller.workspace, std::slice::from_ref(&limit.scope)).await?.pop();
    let (spent, reserved) = budget.as_ref().map_or((Usd::ZERO, Usd::ZERO), |b| (b.spent, b.reserved));
    let example = match &query.lead_id {
        Some(lead) => Some(app.line_example(&caller, &campaign, lead).await?),
        None => None,
    };
    Ok(JsonBody(CampaignWritingView {
        ai_enabled: workspace.ai_enabled,
        spent,
        reserved,
        left: limit.cap.map(|cap| cap.less(spent + reserved)),
        settings: campaign.writing,
        example,
    }))
}

impl App {
    async fn line_example(
        &self,
        caller: &Caller,
        campaign: &Campaign,
        lead: &LeadId,
    ) -> ApiResult<LineExample> {
        let lead = caller.seen(self.leads.get(&campaign.workspace, lead).await);
        let lead = lead.map_err(|error| ApiError::from_missing(error, "lead_id", "there is no such lead"))?;
        let LineShown { used, of_campaign } = show_line(&*self.leads, campaign, &lead).await?;
        let tried = of_campaign.and_then(|result| match result.status {
            FieldStatus::Skipped { reason } => Some(reason),
            FieldStatus::Failed { error, .. } => Some(error),
            FieldStatus::Found { .. } | FieldStatus::NotFound => None,
        });
        let of_line = used.as_ref().and_then(|line| line.why.clone());
        let facts = used.as_ref().map(|line| line.facts.clone()).unwrap_or_default();
        let written = used.as_ref().and_then(|line| line.written.clone());
        Ok(LineExample {
            lead_name: lead.display_name(),
            lead_id: lead.id,
            from: used.as_ref().map(|line| line.from),
            written_with: written.as_ref().map(|written| written.with.clone()),
            written_at: written.map(|written| written.at),
            text: used.map(|line| line.text),
            why: of_line.or(tried),
            facts,
        })
    }
}
