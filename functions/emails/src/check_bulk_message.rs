//! `POST /api/emails/bulk/check`: previews a bulk message: which leads would be left out and why, and the
//! texts of the first messages. Nothing is sent.

use crate::App;
use crate::bulk_message_body::BulkMessageBody;
use crate::get_senders::shown_sender;
use application::bulk_messages::preview::{BulkSenders, RenderedMessage, render_for_leads};
use application::bulk_messages::waiting::{CapWait, count_deferred};
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most leads that a preview reads.
const LOOKED_AT: usize = 200;
const SHOWN: usize = 3;
const NAMED: usize = 20;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BulkMessageCheck {
    pub people: usize,
    /// The first so many of these leads were checked; the figures below are about them.
    pub looked_at: usize,
    pub reached: usize,
    /// Leads whose message would be deferred by the workspace's caps if it were sent now, by reason.
    pub waits: BTreeMap<CapWait, usize>,
    /// Leads who would get nothing, by reason.
    pub left_out: BTreeMap<String, usize>,
    /// The first twenty of them.
    pub examples: Vec<LeftOutLead>,
    /// The first three messages.
    pub previews: Vec<BulkMessagePreview>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeftOutLead {
    pub lead_id: LeadId,
    pub name: String,
    pub reason: String,
    pub detail: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BulkMessagePreview {
    pub lead_id: LeadId,
    pub name: String,
    /// The name and address, or the number, that it leaves from.
    pub from: Option<String>,
    pub to: String,
    pub subject: String,
    pub text: String,
}

#[utoipa::path(post, path = "/api/emails/bulk/check", operation_id = "check_bulk_message", request_body = BulkMessageBody,
    responses((status = 200, body = BulkMessageCheck)))]
pub async fn check_bulk_message(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<BulkMessageBody>,
) -> ApiResult<JsonBody<BulkMessageCheck>> {
    let meant = app.parse_bulk_message(&caller, body, LOOKED_AT).await?;
    let workspace = caller.read_workspace(&*app.workspaces).await?;
    let accounts = &meant.accounts;
    let author = caller.user();
    let (others, is_chosen) = (&meant.account.id, meant.is_chosen);
    let senders = BulkSenders { accounts, others, is_chosen, author };
    let what = (meant.channel, &meant.words);
    let looked = render_for_leads(&app.bulk_messages, &workspace, (what, senders), &meant.first).await?;
    let mut check = BulkMessageCheck {
        people: meant.people,
        looked_at: meant.first.len(),
        reached: 0,
        waits: BTreeMap::new(),
        left_out: BTreeMap::new(),
        examples: Vec::new(),
        previews: Vec::new(),
    };
    let gone = meant.first.len().saturating_sub(looked.len());
    if gone > 0 {
        check.left_out.insert("no_such_lead".to_owned(), gone);
    }
    let mut reached = Vec::new();
    for RenderedMessage { lead, words, sender } in looked {
        let name = lead.display_name();
        let from = sender.and_then(|id| accounts.iter().find(|account| account.id == id));
        match words {
            Ok((subject, text)) => {
                check.reached += 1;
                if check.previews.len() < SHOWN {
                    let (lead_id, to) = (lead.id.clone(), lead.address_on(meant.channel).unwrap_or_default());
                    let from = from.map(shown_sender);
                    check.previews.push(BulkMessagePreview { lead_id, name, from, to, subject, text });
                }
                reached.push(lead);
            }
            Err(why) => {
                *check.left_out.entry(why.reason.to_owned()).or_default() += 1;
                if check.examples.len() < NAMED {
                    let (reason, detail) = (why.reason.to_owned(), why.detail);
                    check.examples.push(LeftOutLead { lead_id: lead.id, name, reason, detail });
                }
            }
        }
    }
    check.waits = count_deferred(&app.bulk_messages, &workspace, meant.channel, &reached).await?;
    Ok(JsonBody(check))
}
