//! The active leads of a sequence by version and step, read from counters.

use crate::App;
use crate::diff_view::StandingView;
use domain::campaign::Campaign;
use domain::sequence::SequenceVersion;
use domain::{SequenceId, StepId, WorkspaceId};
use http_api::ApiResult;
use std::collections::BTreeSet;

/// The active and paused campaigns of a sequence, and their active leads on other versions.
pub struct ActiveEnrolments {
    pub campaigns: Vec<Campaign>,
    /// Leads on versions other than the newer one, the largest groups first.
    pub people: Vec<StandingView>,
    /// Steps of the other versions that the newer one does not have.
    pub gone: BTreeSet<StepId>,
}

impl App {
    pub async fn active_enrolments(
        &self,
        workspace: &WorkspaceId,
        id: &SequenceId,
        newer: &SequenceVersion,
    ) -> ApiResult<ActiveEnrolments> {
        let campaigns = self.campaigns_with(workspace, id).await?;
        let versions = self.sequences.versions(workspace, id).await?;
        let (mut people, mut gone) = (Vec::new(), BTreeSet::new());
        for campaign in &campaigns {
            for ((number, tail), count) in self.stats.step_counts(workspace, &campaign.id).await? {
                let other = number != newer.version && count > 0;
                let known = versions.iter().find(|record| record.version.version == number);
                let Some(version) = known.map(|record| &record.version).filter(|_| other) else { continue };
                let missing = |step: &StepId| newer.step(step).is_none();
                gone.extend(version.steps.iter().map(|step| step.id.clone()).filter(missing));
                let Some(step) = version.steps.iter().find(|step| step.id.tail() == tail) else { continue };
                people.push(StandingView {
                    campaign_id: campaign.id.clone(),
                    campaign_name: campaign.name.clone(),
                    version: number,
                    step_id: step.id.clone(),
                    gone: missing(&step.id),
                    step: step.clone().into(),
                    people: u64::try_from(count).unwrap_or(0),
                });
            }
        }
        people.sort_by_key(|row| std::cmp::Reverse(row.people));
        Ok(ActiveEnrolments { campaigns, people, gone })
    }
}
