//! `GET /api/emails/uncertain`: the messages of which nobody knows whether they were delivered, of campaigns, in bulk and by
//! hand.

use crate::App;
use application::Page;
use application::sending::uncertain::under_way_until;
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::lead::Lead;
use domain::message::Message;
use domain::{AccountId, BulkMessageId, CampaignId, LeadId, MessageId, UserId};
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UncertainMessage {
    pub id: MessageId,
    pub lead_id: LeadId,
    pub lead_name: String,
    pub channel: Channel,
    pub subject: String,
    /// The user who wrote it by hand or in bulk; none for a campaign's.
    pub author: Option<UserId>,
    pub campaign_id: Option<CampaignId>,
    pub bulk_message_id: Option<BulkMessageId>,
    /// The place of the step that sent it.
    pub step: Option<u16>,
    pub account_id: Option<AccountId>,
    /// When it was last handed to the provider.
    pub tried_at: Timestamp,
    /// Until then the last attempt is checked, and no answer is taken.
    pub checking_until: Option<Timestamp>,
}

#[utoipa::path(get, path = "/api/emails/uncertain", operation_id = "list_uncertain", params(PageQuery),
    responses((status = 200, body = PageBody<UncertainMessage>)))]
pub async fn list_uncertain(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<PageBody<UncertainMessage>>> {
    let workspace = &caller.workspace;
    let read = |page| app.messages.uncertain(workspace, page);
    let Page { items, next_cursor } =
        caller.page_seen(query.parse()?, |message: &Message| Some(message.id.lead()), read).await?;
    let ids: BTreeSet<LeadId> = items.iter().map(|message| message.id.lead()).collect();
    let leads = app.leads.get_many(workspace, &Vec::from_iter(ids)).await?;
    let leads: HashMap<&LeadId, &Lead> = leads.iter().map(|lead| (&lead.id, lead)).collect();
    let key = |message: &Message| {
        let (workspace, lead) = (message.workspace.clone(), message.id.lead());
        Some(EnrolmentKey { workspace, lead, campaign: message.campaign.clone()? })
    };
    let keys: BTreeSet<EnrolmentKey> = items.iter().filter_map(key).collect();
    let enrolments = app.settling.enrol.enrolments.get_many(&Vec::from_iter(keys)).await?;
    let now = app.clock.now();
    let shown = |message: Message| {
        let lead_id = message.id.lead();
        // A deleted lead's messages come back with the lead.
        let lead = leads.get(&lead_id)?;
        let own = key(&message);
        let own: Vec<_> =
            enrolments.iter().filter(|known| own.as_ref() == Some(known.key())).cloned().collect();
        Some(UncertainMessage {
            lead_name: lead.display_name(),
            checking_until: under_way_until(&message, &own, now),
            tried_at: message.last_tried_at(),
            id: message.id,
            lead_id,
            channel: message.channel,
            subject: message.subject,
            author: message.author,
            campaign_id: message.campaign,
            bulk_message_id: message.bulk_message,
            step: message.step_index,
            account_id: message.account,
        })
    };
    let items = items.into_iter().filter_map(shown).collect();
    Ok(JsonBody(Page { items, next_cursor }.into()))
}
