//! A message ready to go: sent once, written down, and kept word for word where its key is good for no other words.

use super::{Composed, SendPorts};
use crate::provider_calls::{Accepted, Account, OutgoingMail, OutgoingSms, SendError, SenderClass};
use domain::message::Message;
use domain::sequence::Channel;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(super) enum Ready {
    Mail(Box<Composed<OutgoingMail>>),
    Sms(Box<Composed<OutgoingSms>>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Frozen {
    Mail(Box<OutgoingMail>),
    Sms(Box<OutgoingSms>),
}

impl Ready {
    pub async fn send(&self, ports: &SendPorts, account: &Account) -> Result<Accepted, SendError> {
        match self {
            Self::Mail(mail) => ports.mail.send_mail(account, &mail.outgoing).await,
            Self::Sms(sms) => ports.sms.send_sms(account, &sms.outgoing).await,
        }
    }

    pub fn describe(&self, message: &mut Message, account: &Account) {
        message.connection = Some(account.connection.id.clone());
        match self {
            Self::Mail(mail) => {
                message.from.clone_from(&mail.from);
                message.to.clone_from(&mail.to);
                message.subject.clone_from(&mail.subject);
                message.text.clone_from(&mail.text);
                message.internet_id = Some(mail.outgoing.message_id.clone());
                message.in_reply_to.clone_from(&mail.outgoing.in_reply_to);
            }
            Self::Sms(sms) => {
                message.from.clone_from(&sms.from);
                message.to.clone_from(&sms.to);
                message.text.clone_from(&sms.text);
            }
        }
    }

    /// The answer was lost. With a key that demands the same words, these are kept.
    pub fn keep_in(&self, message: &mut Message, class: SenderClass) {
        if !class.key.is_some_and(|key| key.identical_body) {
            return;
        }
        let frozen = match self {
            Self::Mail(mail) => Frozen::Mail(Box::new(mail.outgoing.clone())),
            Self::Sms(sms) => Frozen::Sms(Box::new(sms.outgoing.clone())),
        };
        message.frozen = serde_json::to_string(&frozen).ok();
    }

    /// What was kept. `None`: nothing was, or it cannot be read any more.
    pub fn kept_in(message: &Message) -> Option<Self> {
        let frozen: Frozen = serde_json::from_str(message.frozen.as_deref()?).ok()?;
        Some(match frozen {
            Frozen::Mail(outgoing) => Self::Mail(Box::new(again(*outgoing, message))),
            Frozen::Sms(outgoing) => Self::Sms(Box::new(again(*outgoing, message))),
        })
    }
}

fn again<M>(outgoing: M, message: &Message) -> Composed<M> {
    Composed {
        outgoing,
        from: message.from.clone(),
        to: message.to.clone(),
        subject: message.subject.clone(),
        text: message.text.clone(),
    }
}

pub(super) fn class_of(ports: &SendPorts, account: &Account, channel: Channel) -> SenderClass {
    let settings = &account.connection.settings;
    match channel {
        Channel::Email => ports.mail.class(settings),
        Channel::Sms => ports.sms.class(settings),
    }
}

/// A message that may have gone out goes out again only under a key that the provider still knows.
pub(super) fn may_be_repeated(class: SenderClass, first_tried: Timestamp, now: Timestamp) -> bool {
    class.key.is_some_and(|key| now.duration_since(first_tried) < key.window)
}
