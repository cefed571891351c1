//! Moving a campaign from one state to the next, and what each move sets going.

use crate::App;
use crate::campaign_view::CampaignView;
use application::intakes::start_look;
use application::outbox::send_all;
use application::queue_messages::EnrolLeads;
use domain::CampaignId;
use domain::campaign::{Campaign, CampaignState};
use domain::event::Event;
use http_api::{ApiError, ApiResult, Caller, JsonBody};

impl App {
    /// Does the move, or nothing when the campaign is there already.
    pub async fn move_campaign(
        &self,
        caller: &Caller,
        mut campaign: Campaign,
        to: CampaignState,
        event: &str,
    ) -> ApiResult<JsonBody<CampaignView>> {
        let now = self.clock.now();
        if campaign.state != to {
            let moved = campaign.move_to(to, now);
            moved.map_err(|illegal| ApiError::conflict("illegal_move", format!("{illegal}.")))?;
            campaign.rev = self.campaigns.save(&campaign, &Event::new(event, caller.actor(), now)).await?;
        }
        Ok(JsonBody(CampaignView::of(campaign, now)))
    }

    /// Gives everybody who waits for this campaign a time, or lets them go where it is over; repeating it changes nothing.
    pub async fn schedule_waiting(&self, campaign: &Campaign) -> ApiResult<()> {
        let (workspace, id) = (campaign.workspace.clone(), campaign.id.clone());
        let message = EnrolLeads::Schedule { workspace, campaign: id, cursor: None, second: false };
        Ok(send_all(&*self.outbox, &[message], 0).await?)
    }

    /// Who waits gets a time, and an evergreen campaign looks whom it takes in; repeating it changes nothing.
    pub async fn set_going(&self, campaign: &Campaign) -> ApiResult<()> {
        self.schedule_waiting(campaign).await?;
        if campaign.evergreen.is_some() {
            start_look(&*self.outbox, campaign).await?;
        }
        Ok(())
    }

    pub async fn simple_move(
        &self,
        caller: &Caller,
        id: &CampaignId,
        to: CampaignState,
        event: &str,
    ) -> ApiResult<JsonBody<CampaignView>> {
        let campaign = self.campaigns.get(&caller.workspace, id).await?;
        self.move_campaign(caller, campaign, to, event).await
    }

    /// Nobody stays in a campaign that is over.
    pub async fn close(
        &self,
        caller: &Caller,
        id: &CampaignId,
        to: CampaignState,
        event: &str,
    ) -> ApiResult<JsonBody<CampaignView>> {
        let campaign = self.campaigns.get(&caller.workspace, id).await?;
        let closed = self.move_campaign(caller, campaign.clone(), to, event).await?;
        self.schedule_waiting(&campaign).await?;
        Ok(closed)
    }
}
