//! Changes of a campaign's state, and what each change starts.

use crate::App;
use crate::campaign_view::CampaignView;
use application::campaign::resume::{put_recovery_hint, schedule_waiting};
use domain::CampaignId;
use domain::campaign::{Campaign, CampaignState};
use domain::enrolment::pause::PausedScope;
use domain::event::{Event, EventKind};
use http_api::{ApiError, ApiResult, Caller, JsonBody};

impl App {
    /// Changes the state; does nothing if the campaign is in it already.
    pub async fn move_campaign(
        &self,
        caller: &Caller,
        mut campaign: Campaign,
        to: CampaignState,
        event: EventKind,
    ) -> ApiResult<JsonBody<CampaignView>> {
        let now = self.clock.now();
        if campaign.state != to {
            let moved = campaign.move_to(to, now);
            moved.map_err(|illegal| ApiError::conflict("illegal_move", format!("{illegal}.")))?;
            campaign.rev = self.campaigns.save(&campaign, &Event::new(event, caller.actor(), now)).await?;
        }
        Ok(JsonBody(CampaignView::of(campaign, now)))
    }

    /// Completes or archives the campaign and starts the job that ends its enrolments.
    pub async fn close(
        &self,
        caller: &Caller,
        id: &CampaignId,
        to: CampaignState,
        event: EventKind,
    ) -> ApiResult<JsonBody<CampaignView>> {
        let campaign = self.campaigns.get(&caller.workspace, id).await?;
        let due = &*self.enrolling.due;
        let mut in_case = None;
        if campaign.state != to {
            let scope = PausedScope::Campaign(id.clone());
            in_case = Some(put_recovery_hint(due, &caller.workspace, scope, self.clock.now()).await?);
        }
        let closed = self.move_campaign(caller, campaign.clone(), to, event).await?;
        schedule_waiting(&*self.outbox, &[campaign], None).await?;
        if let Some(in_case) = in_case {
            in_case.over(due).await;
        }
        Ok(closed)
    }
}
