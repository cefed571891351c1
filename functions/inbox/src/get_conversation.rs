//! `GET /api/inbox/{lead_id}`: the conversation with one lead, the enrolments that it stopped, and the
//! channels that we may reply on.

use crate::App;
use crate::conversation_view::ConversationView;
use crate::message_view::{CampaignNames, MessageView};
use application::lead::suppression_lookup::scopes_of;
use application::ports::leads::LeadFile;
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::lead::do_not_contact::ChannelState;
use domain::lead::score::score;
use domain::lead::suppression::{Endings, Suppression};
use domain::lead::{Lead, LeadStatus};
use domain::message::whatsapp::open_chat;
use domain::{CampaignId, LeadId, UserId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ThreadView {
    pub conversation: ConversationView,
    pub lead: ThreadLead,
    /// Messages of all channels, oldest first.
    pub messages: Vec<MessageView>,
    /// Enrolments of this lead that ended, latest first.
    pub stopped: Vec<StopNotice>,
    pub channels: Vec<ChannelState>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ThreadLead {
    pub id: LeadId,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub status: LeadStatus,
    pub score: u8,
    pub zone: Option<String>,
    pub owner: Option<UserId>,
    pub do_not_contact: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StopNotice {
    pub campaign_id: CampaignId,
    pub campaign_name: Option<String>,
    pub reason: EndReason,
    pub at: Option<Timestamp>,
}

#[utoipa::path(get, path = "/api/inbox/{lead_id}", operation_id = "get_conversation",
    params(("lead_id" = LeadId, Path)), responses((status = 200, body = ThreadView)))]
pub async fn get_conversation(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<ThreadView>> {
    let conversation = app.conversation(&caller, &id).await?;
    let file = app.leads.file(&caller.workspace, &id).await?;
    let listed = app.suppressions.find(&caller.workspace, &scopes_of(&file.lead)).await?;
    let mut names = CampaignNames::default();
    let stopped = stops(&app, &mut names, &file).await?;
    let now = app.clock.now();
    let endings = app.workspaces.get(&caller.workspace).await?.endings;
    let channels = Channel::ALL.map(|channel| state(&file, channel, (&listed, &endings), now));
    let mut messages = Vec::with_capacity(file.messages.len());
    for message in file.messages.into_iter().filter(|message| !message.test) {
        messages.push(names.view(&app, message).await?);
    }
    Ok(JsonBody(ThreadView {
        conversation: conversation.into(),
        lead: lead_of(file.lead, now),
        messages,
        stopped,
        channels: channels.into(),
    }))
}

async fn stops(app: &App, names: &mut CampaignNames, file: &LeadFile) -> ApiResult<Vec<StopNotice>> {
    let mut stops = Vec::new();
    for enrolment in &file.enrolments {
        let EnrolmentState::Ended { reason } = *enrolment.state() else { continue };
        if reason == EndReason::Finished {
            continue;
        }
        let campaign = &enrolment.key().campaign;
        stops.push(StopNotice {
            campaign_name: names.get(app, &enrolment.key().workspace, campaign).await?,
            campaign_id: campaign.clone(),
            reason,
            at: enrolment.ended_at(),
        });
    }
    stops.sort_by_key(|stop| std::cmp::Reverse(stop.at));
    Ok(stops)
}

fn state(
    file: &LeadFile,
    channel: Channel,
    listed: (&[Suppression], &Endings),
    now: Timestamp,
) -> ChannelState {
    let state = ChannelState::of(&file.lead, channel, listed, now);
    let window_closed = channel == Channel::Whatsapp && open_chat(&file.messages, now).is_none();
    match state.open && window_closed {
        true => ChannelState { open: false, closed_because: Some("window_closed".to_owned()), ..state },
        false => state,
    }
}

fn lead_of(lead: Lead, now: Timestamp) -> ThreadLead {
    ThreadLead {
        name: lead.display_name(),
        score: score(&lead, now).total,
        id: lead.id,
        company: lead.company,
        email: lead.email.map(|email| email.to_string()),
        phone: lead.phone.map(|phone| phone.to_string()),
        status: lead.status,
        zone: lead.zone.map(|fact| fact.zone.to_string()),
        owner: lead.owner,
        do_not_contact: lead.do_not_contact,
    }
}
