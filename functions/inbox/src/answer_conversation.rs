//! `POST /api/inbox/{lead_id}/answer`: replies to a conversation, in the same thread.

use crate::App;
use crate::message_view::MessageView;
use application::inbox::compose_by_hand::{Written, longest_text, may_be_planned_for, write};
use application::inbox::sender_choice::sender_of;
use application::lead::suppressing::own_addresses;
use application::ports::leads::LeadFile;
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::message::Message;
use domain::message::reply_address::has_written_from;
use domain::message::whatsapp::{WINDOW_CLOSED, open_chat, takes_free_text};
use domain::sequence::render::check;
use domain::workspace::own_addresses::OwnAddresses;
use domain::{AccountId, LeadId};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, KeyedId, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// If left out, the channel of the latest message.
    pub(crate) channel: Option<Channel>,
    /// E-mail only; if left out, the subject of the thread.
    pub(crate) subject: Option<String>,
    /// Up to 20,000 characters; as an SMS up to 1,600, on WhatsApp up to 4,096. Merge fields are filled in.
    pub(crate) text: String,
    /// E-mail only: the lead's own address, or one that a mail of the lead came from. If left out, the one that the
    /// latest came from.
    pub(crate) to: Option<String>,
    /// The account that it leaves from. If left out, the mailbox or number that the lead wrote to, else the one that
    /// wrote to the lead last, else the only one; required where none of these is there.
    pub(crate) account: Option<AccountId>,
    /// The time to send, at most 90 days from now. If left out, it goes out after the seconds in which it can
    /// be cancelled.
    pub(crate) send_at: Option<Timestamp>,
    /// `latest_answer` of the conversation as the caller saw it: messages that came in since stay open. If
    /// left out, all are answered.
    pub(crate) seen: Option<String>,
}

#[utoipa::path(post, path = "/api/inbox/{lead_id}/answer", operation_id = "answer_conversation",
    params(("lead_id" = LeadId, Path)), request_body = NewAnswer, responses((status = 202, body = MessageView)))]
pub async fn answer_conversation(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    KeyedId(request): KeyedId,
    JsonBody(new): JsonBody<NewAnswer>,
) -> ApiResult<(StatusCode, JsonBody<MessageView>)> {
    let message = app.answer(&caller, &id, new, request).await?;
    Ok((StatusCode::ACCEPTED, JsonBody(MessageView::of(message, None))))
}

impl App {
    /// Queues a user's answer. `request`: an id of the request, where it may be repeated.
    pub(crate) async fn answer(
        &self,
        caller: &Caller,
        id: &LeadId,
        new: NewAnswer,
        request: Option<String>,
    ) -> ApiResult<Message> {
        let mut errors = FieldErrors::default();
        let longest = longest_text(new.channel.unwrap_or(Channel::Email));
        let text = errors.required("text", &new.text, longest);
        let subject = errors.text("subject", new.subject, 300).unwrap_or_default();
        errors.take("text", check(&text));
        errors.take("subject", check(&subject));
        errors.take("send_at", may_be_planned_for(new.send_at, self.clock.now()));
        errors.finish()?;
        let conversation = self.conversation(caller, id).await?;
        let file = self.leads.file(&caller.workspace, id).await?;
        let channel = new.channel.unwrap_or(conversation.channel);
        let mut errors = FieldErrors::default();
        let text = errors.required("text", &text, longest_text(channel));
        errors.finish()?;
        let in_thread = |message: &Message| {
            let is_mail = message.channel == Channel::Email && !message.test;
            is_mail && message.internet_id.is_some() && !message.subject.is_empty()
        };
        if channel == Channel::Email && subject.is_empty() && !file.messages.iter().any(in_thread) {
            return Err(ApiError::invalid("subject", "is required: there is no earlier e-mail to reply to"));
        }
        let at = new.send_at.unwrap_or(Timestamp::MIN).max(self.clock.now());
        let wanted = new.account.as_ref();
        let account = self.sender(&file, channel, wanted, at).await?;
        let reply_address = match (channel, &new.to) {
            (Channel::Email, Some(to)) => {
                let ours = own_addresses(&self.suppressing, &caller.workspace).await?;
                Some(chosen_address(&file, to, &ours)?).filter(|to| file.lead.email.as_ref() != Some(to))
            }
            (Channel::Email, None) => self.answered_at(&file).await?,
            (Channel::Sms | Channel::Whatsapp, Some(_)) => {
                return Err(ApiError::invalid("to", "is for e-mail only"));
            }
            (Channel::Sms | Channel::Whatsapp, None) => None,
        };
        let (author, send_at) = (caller.signed_in()?.user.clone(), new.send_at);
        let seen = new.seen.into();
        let written =
            Written { channel, subject, text, account, author, send_at, seen, reply_address, request };
        match write(&self.writing, &file.lead, written).await? {
            Ok(message) => Ok(message),
            Err(why) => Err(ApiError::refused(why.describe(&file.lead, channel))),
        }
    }
}

impl App {
    /// The account that a message to this lead leaves from at that time. A chat goes on with the number that it is open at.
    async fn sender(
        &self,
        file: &LeadFile,
        channel: Channel,
        wanted: Option<&AccountId>,
        at: Timestamp,
    ) -> ApiResult<Option<AccountId>> {
        if channel == Channel::Whatsapp {
            let closed = || ApiError::invalid("channel", WINDOW_CLOSED);
            let Some(wanted) = wanted else {
                return Ok(Some(open_chat(&file.messages, at).ok_or_else(closed)?.clone()));
            };
            if !takes_free_text(&file.messages, wanted, at) {
                return Err(closed());
            }
        }
        let said = (file.messages.as_slice(), channel);
        let sender = sender_of(&*self.accounts, &file.lead.workspace, said, wanted).await?;
        let sender = sender.map_err(|why| ApiError::invalid("account", why.words()))?;
        Ok(sender.map(|sender| sender.id))
    }
}

/// The address that the user has chosen, if the lead is reached there or has written from there.
fn chosen_address(file: &LeadFile, to: &str, ours: &OwnAddresses) -> ApiResult<EmailAddress> {
    let address = EmailAddress::parse(to).ok();
    let known = address.filter(|address| has_written_from(&file.lead, &file.messages, address, ours));
    known.ok_or_else(|| {
        ApiError::invalid("to", "is neither the lead's address nor one that a mail of the lead came from")
    })
}
