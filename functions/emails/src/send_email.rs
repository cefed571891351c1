//! `POST /api/emails/send`: sends a one-off message to one lead.

use crate::App;
use crate::get_email::EmailView;
use application::inbox::compose_by_hand::{Written, filled, longest_text, may_be_planned_for, write};
use application::inbox::sender_choice::sender_of;
use application::ports::leads::LeadFile;
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::message::conversation::Seen;
use domain::message::whatsapp::{WINDOW_CLOSED, open_chat, takes_free_text};
use domain::sequence::render::check;
use domain::{AccountId, LeadId, MessageId, UserId};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, KeyedId, axum, utoipa};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEmail {
    lead_id: LeadId,
    /// `email`, if left out.
    channel: Option<Channel>,
    /// Required for an e-mail. Merge fields in subject and body are filled in.
    subject: Option<String>,
    /// Up to 20,000 characters; as an SMS up to 1,600 with the lead's values, on WhatsApp up to 4,096. `text`
    /// means the same.
    #[serde(alias = "text")]
    body: String,
    /// The account that it leaves from. If left out, the mailbox or number that the lead wrote to, else the one that
    /// wrote to the lead last, else the only one; required where none of these is there. `account_id` means the same.
    #[serde(alias = "account_id")]
    account: Option<AccountId>,
    /// The time to send, at most 90 days from now. If left out, it goes out after the seconds in which it can
    /// be cancelled.
    send_at: Option<Timestamp>,
}

#[utoipa::path(post, path = "/api/emails/send", operation_id = "send_email", request_body = NewEmail,
    responses((status = 202, body = EmailView)))]
pub async fn send_email(
    State(app): State<Arc<App>>,
    caller: Caller,
    KeyedId(request): KeyedId,
    JsonBody(new): JsonBody<NewEmail>,
) -> ApiResult<(StatusCode, JsonBody<EmailView>)> {
    let channel = new.channel.unwrap_or(Channel::Email);
    let mut errors = FieldErrors::default();
    let text = errors.required("body", &new.body, longest_text(channel));
    let subject = match channel {
        Channel::Email => errors.required("subject", new.subject.as_deref().unwrap_or(""), 300),
        Channel::Sms | Channel::Whatsapp => String::new(),
    };
    errors.take("body", check(&text));
    errors.take("subject", check(&subject));
    errors.take("send_at", may_be_planned_for(new.send_at, app.clock.now()));
    errors.finish()?;
    let lead = caller.seen(app.leads.get(&caller.workspace, &new.lead_id).await);
    let lead =
        lead.map_err(|error| ApiError::from_missing(error, "lead_id", "is not a lead of this workspace"))?;
    let file = app.leads.file(&lead.workspace, &lead.id).await?;
    let at = new.send_at.unwrap_or(Timestamp::MIN).max(app.clock.now());
    let account = sender(&app, &file, channel, new.account.as_ref(), at).await?;
    let author = caller.signed_in()?.user.clone();
    if channel == Channel::Sms {
        fits_an_sms(&app, &file, (&text, &author)).await?;
    }
    let (send_at, seen) = (new.send_at, Seen::WhatWasRead);
    let reply_address = None;
    let written = Written { channel, subject, text, account, author, send_at, seen, reply_address, request };
    match write(&app.writing, &lead, written).await? {
        Ok(message) => Ok((StatusCode::ACCEPTED, JsonBody(message.into()))),
        Err(why) => Err(ApiError::refused(why.describe(&lead, channel))),
    }
}

/// Also checks the length with the lead's values. A missing value is no error here: it may be there when the
/// message goes out.
async fn fits_an_sms(app: &App, file: &LeadFile, words: (&str, &UserId)) -> ApiResult<()> {
    let workspace = app.workspaces.get(&file.lead.workspace).await?;
    let id = MessageId::new(&file.lead.id, app.ids.next());
    let longest = longest_text(Channel::Sms);
    match filled(&*app.users, (&workspace, file), words, (&app.public_url, &id)).await? {
        Ok(filled) if filled.chars().count() > longest => {
            let long = filled.chars().count();
            let why = format!("has {long} characters with this lead's values; an SMS has at most {longest}");
            Err(ApiError::invalid("body", why))
        }
        _ => Ok(()),
    }
}

/// The account that the message leaves from. On WhatsApp the number has an open 24-hour window at that time.
async fn sender(
    app: &App,
    file: &LeadFile,
    channel: Channel,
    wanted: Option<&AccountId>,
    at: Timestamp,
) -> ApiResult<Option<AccountId>> {
    let said = (file.messages.as_slice(), channel);
    let chosen = match (channel, wanted) {
        (Channel::Whatsapp, None) => {
            return match open_chat(&file.messages, at) {
                Some(ours) => Ok(Some(ours.clone())),
                None => Err(ApiError::invalid("channel", WINDOW_CLOSED)),
            };
        }
        _ => sender_of(&*app.accounts, &file.lead.workspace, said, wanted).await?,
    };
    let chosen = chosen.map_err(|why| ApiError::invalid("account", why.words()))?;
    if let Some(own) = wanted.filter(|_| channel == Channel::Whatsapp)
        && !takes_free_text(&file.messages, own, at)
    {
        return Err(ApiError::invalid("channel", WINDOW_CLOSED));
    }
    Ok(chosen.map(|account| account.id))
}
