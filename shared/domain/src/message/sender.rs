//! The account that a message by hand leaves from: the mailbox or number that the lead wrote to, else the one that wrote to
//! the lead last. Any other is a user's choice.

use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::AccountId;
use crate::message::identity::ids;
use crate::message::{Direction, Message, MessageState};
use crate::workspace::account::{Account, AccountKind};

/// The account of ours that a lead knows on a channel.
#[derive(Debug, Clone, Copy)]
pub enum KnownSender<'a> {
    /// The account is there. It may be paused or switched off: a message then waits for it.
    There(&'a Account),
    /// The workspace has removed the account.
    Gone(&'a AccountId),
}

/// Returns the account that a lead with these messages knows on this channel; none if none of them tells.
pub fn known_sender<'a>(
    messages: &'a [Message],
    accounts: &'a [Account],
    channel: Channel,
) -> Option<KnownSender<'a>> {
    let of_channel = |message: &&Message| message.channel == channel && !message.test;
    let mut said: Vec<&Message> = messages.iter().filter(of_channel).collect();
    said.sort_by_key(|message| (message.created_at, &message.id));
    let came_in = said.iter().rfind(|message| message.direction == Direction::In);
    let by_lead = came_in.and_then(|message| written_to(message, &said, accounts));
    by_lead.or_else(|| {
        let out = said.iter().rev().filter(|message| has_gone_out(message));
        out.filter_map(|message| message.account.as_ref()).map(|id| standing(id, accounts, channel)).next()
    })
}

/// Returns the account that the lead wrote to: the one with the address or number that the message names, else the one
/// that it came in by, else the one that sent the mail that it answers. One that took it in for others, such as a
/// webhook of inbound mail, sends nothing.
fn written_to<'a>(
    message: &'a Message,
    said: &[&'a Message],
    accounts: &'a [Account],
) -> Option<KnownSender<'a>> {
    let channel = message.channel;
    let named = accounts.iter().find(|account| is_of(account, channel) && is_addressed(account, &message.to));
    if let Some(named) = named {
        return Some(KnownSender::There(named));
    }
    let answered = || {
        let answers = ids(message.in_reply_to.as_deref()?);
        let is_it = |out: &&&Message| out.internet_id.as_ref().is_some_and(|id| answers.contains(id));
        said.iter().filter(|out| out.direction == Direction::Out).find(is_it)?.account.as_ref()
    };
    match message.account.as_ref().map(|id| (id, accounts.iter().find(|account| account.id == *id))) {
        Some((_, Some(own))) if is_of(own, channel) => Some(KnownSender::There(own)),
        Some((_, Some(_))) | None => answered().map(|id| standing(id, accounts, channel)),
        Some((id, None)) => {
            Some(answered().map_or(KnownSender::Gone(id), |id| standing(id, accounts, channel)))
        }
    }
}

fn standing<'a>(id: &'a AccountId, accounts: &'a [Account], channel: Channel) -> KnownSender<'a> {
    let there = accounts.iter().find(|account| account.id == *id && is_of(account, channel));
    there.map_or(KnownSender::Gone(id), KnownSender::There)
}

fn is_of(account: &Account, channel: Channel) -> bool {
    AccountKind::of_channel(channel).contains(&account.settings.kind())
}

/// Whether a message to this address or number reaches the account. Replies may carry a token before the `@`.
fn is_addressed(account: &Account, to: &str) -> bool {
    if let Some(number) = account.settings.number() {
        let same = |to: PhoneNumber| to.subscriber() == number.subscriber();
        return PhoneNumber::parse(to, None).is_ok_and(same);
    }
    let without_token = || {
        let (local, domain) = to.rsplit_once('@')?;
        EmailAddress::parse(&format!("{}@{domain}", local.rsplit_once('+')?.0)).ok()
    };
    let plain = EmailAddress::parse(to).ok();
    let is_its = |address: EmailAddress| account.settings.sends_from_address(&address);
    plain.is_some_and(is_its) || without_token().is_some_and(is_its)
}

/// Whether the lead may know the message: it went out, or nobody knows that it did not.
fn has_gone_out(message: &Message) -> bool {
    let may_have = matches!(message.state, MessageState::Uncertain | MessageState::Abandoned);
    message.direction == Direction::Out && (message.accepted_at.is_some() || may_have)
}

#[cfg(test)]
mod tests;
