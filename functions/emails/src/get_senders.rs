//! `GET /api/emails/senders`: the accounts that a message by hand may leave from, and the one that it leaves from if none
//! is chosen.

use crate::App;
use application::inbox::sender_choice::{NoSender, choices, choose_sender};
use axum::extract::State;
use domain::capacity::quota::Quota;
use domain::contact::channel::Channel;
use domain::message::Message;
use domain::workspace::account::Account;
use domain::{AccountId, LeadId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, QueryOf, axum, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SendersQuery {
    /// The lead that is written to. If left out, only the accounts are told.
    lead_id: Option<LeadId>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SenderChoices {
    /// E-mail, SMS and WhatsApp.
    pub channels: Vec<ChannelSenders>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ChannelSenders {
    pub channel: Channel,
    /// The account that a message leaves from if none is chosen: the mailbox or number that the lead wrote to, else the
    /// one that wrote to the lead last, else the only one. None: the user has to choose.
    pub account: Option<AccountId>,
    /// Whether the account that the lead knows was removed.
    pub gone: bool,
    pub choices: Vec<SenderChoice>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SenderChoice {
    pub account: AccountId,
    pub name: String,
    /// The name and address, or the number, that the lead reads.
    pub from: String,
    /// Why a message waits that leaves from it now; none if it goes out.
    pub waits: Option<SenderWaits>,
}

/// Why an account sends nothing now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SenderWaits {
    Paused,
    SwitchedOff,
    /// It has sent as much as it may in its day or hour.
    AtLimit,
}

impl SenderWaits {
    fn of(account: &Account, quotas: &[Quota], now: Timestamp) -> Option<Self> {
        if !account.enabled {
            return Some(Self::SwitchedOff);
        }
        if account.pause.is_some() {
            return Some(Self::Paused);
        }
        let quota = quotas.iter().find(|quota| quota.account == account.id)?;
        quota.full_until(account.limits.as_ref()?, now).map(|_| Self::AtLimit)
    }
}

#[utoipa::path(get, path = "/api/emails/senders", operation_id = "get_senders", params(SendersQuery),
    responses((status = 200, body = SenderChoices)))]
pub async fn get_senders(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<SendersQuery>,
) -> ApiResult<JsonBody<SenderChoices>> {
    let messages = match &query.lead_id {
        Some(id) => {
            let file = caller.seen(app.leads.file(&caller.workspace, id).await);
            let missing = |error| ApiError::from_missing(error, "lead_id", "is not a lead of this workspace");
            file.map_err(missing)?.messages
        }
        None => Vec::new(),
    };
    let accounts = app.accounts.list(&caller.workspace).await?;
    let quotas = if accounts.iter().any(|account| account.limits.is_some()) {
        app.bulk_messages.quotas.list(&caller.workspace).await?
    } else {
        Vec::new()
    };
    let now = app.clock.now();
    let waits = |account: &Account| SenderWaits::of(account, &quotas, now);
    let channels = Channel::ALL.map(|channel| senders_on((&accounts, &messages), channel, &waits));
    Ok(JsonBody(SenderChoices { channels: channels.into() }))
}

fn senders_on(
    (accounts, messages): (&[Account], &[Message]),
    channel: Channel,
    waits: &dyn Fn(&Account) -> Option<SenderWaits>,
) -> ChannelSenders {
    let chosen = choose_sender(accounts, messages, channel, None);
    let choice = |account: &Account| SenderChoice {
        account: account.id.clone(),
        name: account.name.clone(),
        from: shown_sender(account),
        waits: waits(account),
    };
    ChannelSenders {
        channel,
        account: chosen.ok().map(|account| account.id.clone()),
        gone: chosen.err() == Some(NoSender::Gone),
        choices: choices(accounts, messages, channel).map(choice).collect(),
    }
}

/// The sender as the lead reads it.
pub fn shown_sender(account: &Account) -> String {
    match (account.settings.mailbox(), account.settings.number()) {
        (Some(mailbox), _) => format!("{} <{}>", mailbox.name, mailbox.address),
        (None, Some(number)) => number.to_string(),
        (None, None) => account.name.clone(),
    }
}
