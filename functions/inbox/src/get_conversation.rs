//! `GET /api/inbox/{lead_id}`: the conversation with one lead, the enrolments that it stopped, and the
//! channels that we may reply on.

use crate::App;
use crate::answer_draft_view::AnswerDraftView;
use crate::conversation_view::ConversationView;
use crate::message_view::{CampaignNames, MessageView};
use application::ai::reply_draft::campaign_of_conversation;
use application::inbox::quotations::Quotations;
use application::lead::suppressing::own_addresses;
use application::lead::suppression_lookup::{entries_against, scopes_of};
use application::ports::leads::{LeadFile, Reached};
use axum::extract::State;
use domain::campaign::Campaign;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::lead::do_not_contact::ChannelState;
use domain::lead::opt_out_hold::OptOutHold;
use domain::lead::score::score;
use domain::lead::stage::StageId;
use domain::lead::suppression::{Endings, Suppression};
use domain::lead::zone::zone_of;
use domain::lead::{Lead, Temperature};
use domain::message::reply_address::reply_address;
use domain::message::whatsapp::open_chat;
use domain::workspace::own_addresses::OwnAddresses;
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
    /// The campaign that the conversation belongs to: that of our latest message of a campaign before the lead's last
    /// message. None if there is no such message, or the campaign was deleted.
    pub campaign: Option<ThreadCampaign>,
    /// Enrolments of this lead that ended, latest first.
    pub stopped: Vec<StopNotice>,
    pub channels: Vec<ChannelState>,
    /// The address that a reply by e-mail goes to: the one that the lead's latest mail came from, else the lead's own.
    pub reply_to: Option<String>,
    /// The address that the lead's latest mail came from, if it is not known as one of the lead's: mail from there is
    /// matched only within a thread.
    pub unknown_address: Option<String>,
    /// The draft of an answer that was made when the lead's message came; none if there never was one.
    pub draft: Option<AnswerDraftView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ThreadLead {
    pub id: LeadId,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// The recipient of a WhatsApp message: the number, else the id that WhatsApp has for the person.
    pub whatsapp: Option<String>,
    pub status: StageId,
    pub score: u8,
    pub temperature: Temperature,
    pub zone: Option<String>,
    pub owner: Option<UserId>,
    pub do_not_contact: bool,
    /// Set while a message may be an opt-out and no user has decided yet: nothing is sent meanwhile.
    pub possible_opt_out: Option<OptOutHold>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ThreadCampaign {
    pub id: CampaignId,
    /// Whether the campaign sets a tone, in which a model drafts answers.
    pub sets_tone: bool,
}

impl ThreadCampaign {
    fn of(campaign: &Campaign) -> Self {
        Self { id: campaign.id.clone(), sets_tone: !campaign.writing.tone.is_empty() }
    }
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
    let other = app.answered_at(&file).await?;
    let listed = app.suppressions.find(&caller.workspace, &scopes_of(&file.lead)).await?;
    let listed_there = entries_against(&*app.suppressions, &file.lead, other.as_ref()).await?;
    let mut names = CampaignNames::default();
    let stopped = stops(&app, &mut names, &file).await?;
    let campaign = match campaign_of_conversation(&file) {
        Some(id) => names.campaign(&app, &caller.workspace, id).await?.map(ThreadCampaign::of),
        None => None,
    };
    let now = app.clock.now();
    let endings = caller.read_workspace(&*app.workspaces).await?.endings;
    let channels = Channel::ALL.map(|channel| match channel {
        Channel::Email => {
            let there = file.lead.clone().written_to_at(other.as_ref());
            ChannelState::of(&there, channel, (&listed_there, &endings), now)
        }
        _ => state(&file, channel, (&listed, &endings), now),
    });
    let unknown_address = match &other {
        Some(address) if !app.knows_address(&file.lead, address).await? => Some(address.to_string()),
        _ => None,
    };
    let draft = file.answer_draft.map(|draft| AnswerDraftView::of(draft, &conversation));
    let reply_to = other.or_else(|| file.lead.email.clone()).map(|address| address.to_string());
    let quotations = Quotations::among(&file.messages);
    let mut messages = Vec::with_capacity(file.messages.len());
    for message in file.messages.into_iter().filter(|message| !message.test) {
        messages.push(names.view(&app, message, &quotations).await?);
    }
    Ok(JsonBody(ThreadView {
        conversation: conversation.into(),
        lead: lead_of(file.lead, now),
        messages,
        campaign,
        stopped,
        channels: channels.into(),
        reply_to,
        unknown_address,
        draft,
    }))
}

impl App {
    /// Returns the address that an answer by mail goes to, where it is another one than the lead's own. The workspace's own
    /// addresses are read only if there is one.
    pub(crate) async fn answered_at(&self, file: &LeadFile) -> ApiResult<Option<EmailAddress>> {
        let (lead, messages) = (&file.lead, &file.messages);
        if reply_address(lead, messages, &OwnAddresses::default()).is_none() {
            return Ok(None);
        }
        let ours = own_addresses(&self.suppressing, &lead.workspace).await?;
        Ok(reply_address(lead, messages, &ours))
    }

    /// Whether mail from this address is matched to the lead without a thread.
    async fn knows_address(&self, lead: &Lead, address: &EmailAddress) -> ApiResult<bool> {
        let known = self.leads.find_by_former(&lead.workspace, Reached::Email(address)).await?;
        Ok(known.contains(&lead.id))
    }
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
    let zone = zone_of(&lead).map(|fact| fact.zone.to_string());
    ThreadLead {
        name: lead.display_name(),
        score: score(&lead, now).total,
        temperature: lead.temperature(now),
        whatsapp: lead.address_on(Channel::Whatsapp),
        id: lead.id,
        company: lead.company,
        email: lead.email.map(|email| email.to_string()),
        phone: lead.phone.map(|phone| phone.to_string()),
        status: lead.status,
        zone,
        owner: lead.owner,
        do_not_contact: lead.do_not_contact,
        possible_opt_out: lead.opt_out_hold,
    }
}
