//! A message that is ready to go. Where the provider honours a key its request is kept word for word in the ledger row, and
//! a repeat sends what was kept.

use crate::ports::provider_calls::{
    Accepted, OpenAccount, OutgoingMail, OutgoingSms, OutgoingWhatsapp, SendError, SenderClass,
};
use crate::sending::compose::{
    ComposeError, Composed, Saying, compose_mail, compose_sms, compose_whatsapp, thread_of,
};
use crate::sending::context::SendContext;
use crate::sending::draft::send_by_draft;
use crate::sending::ports::SendPorts;
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::lead::Lead;
use domain::message::Message;
use domain::message::whatsapp::takes_free_text;
use domain::mutant;
use domain::sequence::step_kind::{StepKind, StepTexts};
use domain::sequence::variant::Words;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(super) enum Ready {
    Mail(Box<Composed<OutgoingMail>>),
    Sms(Box<Composed<OutgoingSms>>),
    Whatsapp(Box<Composed<OutgoingWhatsapp>>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Frozen {
    Mail(Box<OutgoingMail>),
    Sms(Box<OutgoingSms>),
    Whatsapp(Box<OutgoingWhatsapp>),
}

impl Ready {
    /// Makes the call, or the two calls that a mailbox with drafts takes; the draft is noted in the message's row.
    pub async fn send(
        &self,
        ports: &SendPorts,
        account: &OpenAccount,
        message: &mut Message,
    ) -> Result<Accepted, SendError> {
        match self {
            Self::Mail(mail) if ports.drafts.has_drafts(&account.settings) => {
                send_by_draft(ports, account, &mail.outgoing, message).await
            }
            Self::Mail(mail) => ports.mail.send_mail(account, &mail.outgoing).await,
            Self::Sms(sms) => ports.sms.send_sms(account, &sms.outgoing).await,
            Self::Whatsapp(chat) => ports.whatsapp.send_whatsapp(account, &chat.outgoing).await,
        }
    }

    pub fn describe(&self, message: &mut Message, account: &OpenAccount, class: SenderClass) {
        message.account = Some(account.id.clone());
        match self {
            Self::Mail(mail) => {
                message.from.clone_from(&mail.from);
                message.to.clone_from(&mail.to);
                message.subject.clone_from(&mail.subject);
                message.text.clone_from(&mail.text);
                message.internet_id = (!class.own_message_id).then(|| mail.outgoing.message_id.clone());
                message.in_reply_to.clone_from(&mail.outgoing.in_reply_to);
            }
            Self::Sms(sms) => {
                message.from.clone_from(&sms.from);
                message.to.clone_from(&sms.to);
                message.text.clone_from(&sms.text);
            }
            Self::Whatsapp(chat) => {
                message.from.clone_from(&chat.from);
                message.to.clone_from(&chat.to);
                message.text.clone_from(&chat.text);
            }
        }
    }

    pub fn to(&self) -> &str {
        match self {
            Self::Mail(mail) => &mail.to,
            Self::Sms(sms) => &sms.to,
            Self::Whatsapp(chat) => &chat.to,
        }
    }

    /// Whether it has the very words of this row, and goes to the same address.
    pub fn has_same_words(&self, row: &Message) -> bool {
        let words = match self {
            Self::Mail(mail) => (&mail.to, &mail.subject, &mail.text),
            Self::Sms(sms) => (&sms.to, &sms.subject, &sms.text),
            Self::Whatsapp(chat) => (&chat.to, &chat.subject, &chat.text),
        };
        words == (&row.to, &row.subject, &row.text)
    }

    /// Whether its words are neither the step's nor a variant's.
    pub fn is_free_text(&self) -> bool {
        matches!(self, Self::Whatsapp(chat) if chat.outgoing.template.is_none())
    }

    /// Keeps the request, as it is about to go out.
    pub fn store_request(&self, message: &mut Message) {
        let frozen = match self {
            Self::Mail(mail) => Frozen::Mail(Box::new(mail.outgoing.clone())),
            Self::Sms(sms) => Frozen::Sms(Box::new(sms.outgoing.clone())),
            Self::Whatsapp(chat) => Frozen::Whatsapp(Box::new(chat.outgoing.clone())),
        };
        message.frozen = serde_json::to_string(&frozen).ok();
    }

    /// The request that was kept. `None`: there is none, or it cannot be read any more.
    pub fn stored_request(message: &Message) -> Option<Self> {
        let frozen: Frozen = serde_json::from_str(message.frozen.as_deref()?).ok()?;
        Some(match frozen {
            Frozen::Mail(outgoing) => Self::Mail(Box::new(recompose(*outgoing, message))),
            Frozen::Sms(outgoing) => Self::Sms(Box::new(recompose(*outgoing, message))),
            Frozen::Whatsapp(outgoing) => Self::Whatsapp(Box::new(recompose(*outgoing, message))),
        })
    }
}

fn recompose<M>(outgoing: M, message: &Message) -> Composed<M> {
    Composed {
        outgoing,
        from: message.from.clone(),
        to: message.to.clone(),
        subject: message.subject.clone(),
        text: message.text.clone(),
    }
}

/// Composes a step's message to this lead.
pub(super) async fn compose_step(
    ports: &SendPorts,
    SendContext { workspace, file, planning, .. }: &SendContext,
    account: &OpenAccount,
    kind: &StepKind,
    words: Words<'_>,
    id: &MessageId,
) -> Result<Ready, ComposeError> {
    let (subject, body) = (words.headline, words.body);
    let Some(channel) = kind.channel() else { return Err(ComposeError::SendsNothing) };
    Ok(match channel {
        Channel::Whatsapp => {
            let StepTexts { approved, free_text, .. } = kind.texts();
            let (template_name, language) = words.variant.map_or(approved, |variant| variant.approved());
            let ours = &account.id;
            let freely = !free_text.is_empty() && takes_free_text(&file.messages, ours, ports.clock.now());
            let saying = match freely {
                true => Saying::Freely(free_text),
                false => Saying::Template(template_name, language, body),
            };
            Ready::Whatsapp(Box::new(
                compose_whatsapp(ports, workspace, account, (file, None), id, saying).await?,
            ))
        }
        Channel::Sms => {
            Ready::Sms(Box::new(compose_sms(ports, workspace, account, (file, None), id, body).await?))
        }
        Channel::Email => {
            let thread = thread_of(file, &planning.campaign.id, Some(&account.id));
            let untracked = planning.campaign.untracked;
            let mail = compose_mail(
                ports,
                (workspace, untracked),
                account,
                (file, &file.lead),
                id,
                (subject, body),
                &thread,
            )
            .await?;
            Ready::Mail(Box::new(mail))
        }
    })
}

pub(super) fn class_of(ports: &SendPorts, account: &OpenAccount, channel: Channel) -> SenderClass {
    let settings = &account.settings;
    match channel {
        Channel::Email => ports.mail.class(settings),
        Channel::Sms => ports.sms.class(settings),
        Channel::Whatsapp => ports.whatsapp.class(settings),
    }
}

/// Whether a message that may have gone out may be repeated: under a key that the provider still honours, with the request
/// that was kept, and to an address where the lead is still reached.
pub(super) fn may_be_repeated(class: SenderClass, lead: &Lead, message: &Message, now: Timestamp) -> bool {
    if mutant!("uncertain_resent_blindly") {
        return true;
    }
    let known = class.key.is_some_and(|key| now.duration_since(message.created_at) < key.window);
    known && (message.test || lead.is_reached_at(&message.to)) && Ready::stored_request(message).is_some()
}
