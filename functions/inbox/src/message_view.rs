//! A message as the API shows it.

use crate::App;
use crate::get_message_html::html_url;
use application::inbox::quotations::{Quotations, QuotedLines};
use application::ports::store::found;
use domain::campaign::Campaign;
use domain::contact::channel::Channel;
use domain::message::understanding::Understanding;
use domain::message::{Direction, Failure, Message, MessageState};
use domain::{AccountId, CampaignId, LeadId, MessageId, UserId, WorkspaceId};
use http_api::{ApiResult, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MessageView {
    pub id: MessageId,
    pub lead_id: LeadId,
    pub direction: Direction,
    pub channel: Channel,
    pub state: MessageState,
    pub campaign_id: Option<CampaignId>,
    pub campaign_name: Option<String>,
    /// Index of the step that sent it.
    pub step: Option<u16>,
    pub account_id: Option<AccountId>,
    /// The user who wrote a message outside every sequence.
    pub author: Option<UserId>,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    /// The lines of the text that quote another message, in their order.
    pub quoted: Vec<QuotedLines>,
    /// The address of the mail's HTML version, for a frame; none if it has only text. It passes within two hours.
    pub html_url: Option<String>,
    /// What an inbound message was understood as.
    pub understood: Option<Understanding>,
    pub failure: Option<Failure>,
    pub attempts: u8,
    /// Opens by people, without those by machines.
    pub opens: u32,
    pub clicks: u32,
    /// Opens and clicks by machines, which are not counted anywhere else.
    pub machine_events: u32,
    pub created_at: Timestamp,
    /// When the message goes out, while it is queued; until then it can be cancelled.
    pub planned_for: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub first_opened_at: Option<Timestamp>,
    pub first_clicked_at: Option<Timestamp>,
}

impl MessageView {
    pub fn of(message: Message, campaign_name: Option<String>) -> Self {
        Self {
            lead_id: message.id.lead(),
            id: message.id,
            direction: message.direction,
            channel: message.channel,
            state: message.state,
            campaign_id: message.campaign,
            campaign_name,
            step: message.step_index,
            account_id: message.account,
            author: message.author,
            from: message.from,
            to: message.to,
            subject: message.subject,
            text: message.text,
            quoted: Vec::new(),
            html_url: None,
            understood: message.understood,
            failure: message.failure,
            attempts: message.attempts,
            opens: message.opens,
            clicks: message.clicks,
            machine_events: message.machine_events,
            created_at: message.created_at,
            planned_for: message.planned_for,
            accepted_at: message.accepted_at,
            delivered_at: message.delivered_at,
            first_opened_at: message.first_opened_at,
            first_clicked_at: message.first_clicked_at,
        }
    }
}

/// Campaigns and their names, each read once; a deleted campaign has none.
#[derive(Default)]
pub struct CampaignNames(BTreeMap<CampaignId, Option<Campaign>>);

impl CampaignNames {
    pub async fn get(
        &mut self,
        app: &App,
        workspace: &WorkspaceId,
        id: &CampaignId,
    ) -> ApiResult<Option<String>> {
        Ok(self.campaign(app, workspace, id).await?.map(|campaign| campaign.name.clone()))
    }

    pub async fn campaign(
        &mut self,
        app: &App,
        workspace: &WorkspaceId,
        id: &CampaignId,
    ) -> ApiResult<Option<&Campaign>> {
        if !self.0.contains_key(id) {
            let campaign = found(app.campaigns.get(workspace, id).await)?;
            self.0.insert(id.clone(), campaign);
        }
        Ok(self.0.get(id).and_then(Option::as_ref))
    }

    pub async fn view(
        &mut self,
        app: &App,
        message: Message,
        quotations: &Quotations,
    ) -> ApiResult<MessageView> {
        let name = match &message.campaign {
            Some(campaign) => self.get(app, &message.workspace, campaign).await?,
            None => None,
        };
        let html_url = html_url(&app.keys, &message, app.clock.now());
        let quoted = quotations.of(&message);
        Ok(MessageView { html_url, quoted, ..MessageView::of(message, name) })
    }
}
