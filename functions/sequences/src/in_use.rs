//! Whether campaigns use a sequence: it can be archived only after they have ended or changed to another one.

use crate::App;
use domain::campaign::{Campaign, CampaignState};
use domain::{SequenceId, WorkspaceId};
use http_api::{ApiError, ApiResult, FieldError};

impl App {
    /// Active and paused campaigns with this sequence.
    pub async fn campaigns_with(&self, workspace: &WorkspaceId, id: &SequenceId) -> ApiResult<Vec<Campaign>> {
        let mut campaigns = self.campaigns.list(workspace).await?;
        let goes_on = |state| matches!(state, CampaignState::Active | CampaignState::Paused);
        campaigns.retain(|campaign| campaign.sequence == *id && goes_on(campaign.state));
        Ok(campaigns)
    }

    /// Answers 409 if a campaign uses the sequence; `errors` names each by its id.
    pub async fn is_used_by_none(&self, workspace: &WorkspaceId, id: &SequenceId) -> ApiResult<()> {
        let campaigns = self.campaigns_with(workspace, id).await?;
        let mut errors = Vec::new();
        for campaign in &campaigns {
            let step_counts = self.stats.step_counts(workspace, &campaign.id).await?;
            let people: i64 = step_counts.values().copied().filter(|people| *people > 0).sum();
            let under_way = match people {
                0 => "no active leads".to_owned(),
                1 => "1 active lead".to_owned(),
                more => format!("{more} active leads"),
            };
            let detail = format!("“{}”, {under_way}", campaign.name);
            errors.push(FieldError { field: campaign.id.to_string(), detail });
        }
        let named: Vec<&str> = errors.iter().map(|error| error.detail.as_str()).collect();
        let use_it = match errors.len() {
            0 => return Ok(()),
            1 => "1 campaign still uses it".to_owned(),
            more => format!("{more} campaigns still use it"),
        };
        let detail = format!("{use_it}: {}. Complete or archive them first.", named.join("; "));
        let mut in_use = ApiError::conflict("sequence_in_use", detail);
        in_use.errors = errors;
        Err(in_use)
    }
}
