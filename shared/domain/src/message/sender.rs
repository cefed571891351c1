//! The account that a message by hand leaves from: the mailbox or number that the lead wrote to, else the one that wrote to
//! the lead last. Any other is a user's choice.

use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::AccountId;
use crate::message::identity::ids;
use crate::message::understanding::ReplyKind;
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
    let came_in = said.iter().rfind(|message| is_own_word(message));
    let by_lead = came_in.and_then(|message| written_to(message, &said, accounts));
    by_lead.or_else(|| {
        let out = said.iter().rev().filter(|message| has_gone_out(message));
        out.filter_map(|message| message.account.as_ref()).map(|id| standing(id, accounts, channel)).next()
    })
}

/// Whether the lead wrote the message. An absence note or a bounce comes from a machine, and tells nothing about whom the
/// lead writes to. A message that was not understood yet counts.
fn is_own_word(message: &Message) -> bool {
    let is_written = |kind: ReplyKind| kind.is_answer() || kind == ReplyKind::OptOut;
    message.direction == Direction::In && message.reply_kind().is_none_or(is_written)
}

/// Returns the account that the lead wrote to: the one with the address or number that the message names, else the one
/// that it came in by, else the one that sent the mail that it answers. One that took it in for others, such as a
/// webhook of inbound mail, sends nothing. An address to which answers to several mailboxes go names none of them: the one
/// whose mail is answered counts, else the one that the message came in by, else the one of them that wrote last.
fn written_to<'a>(
    message: &'a Message,
    said: &[&'a Message],
    accounts: &'a [Account],
) -> Option<KnownSender<'a>> {
    let channel = message.channel;
    let answered = || {
        let answers = ids(message.in_reply_to.as_deref()?);
        let is_it = |out: &&&Message| out.internet_id.as_ref().is_some_and(|id| answers.contains(id));
        let id = said.iter().filter(|out| out.direction == Direction::Out).find(is_it)?.account.as_ref()?;
        Some(standing(id, accounts, channel))
    };
    let likely = |named: &[&'a Account]| {
        let among = |id: &AccountId| named.iter().copied().find(|account| account.id == *id);
        let came_by = || message.account.as_ref().and_then(among);
        let wrote_last = || {
            let out = said.iter().rev().filter(|message| has_gone_out(message));
            out.filter_map(|message| among(message.account.as_ref()?)).next()
        };
        came_by().or_else(wrote_last)
    };
    let named = match addressed(accounts, channel, &message.to) {
        // All of them write from this address: to the lead they are one.
        Addressed::Own(named) => likely(&named).or_else(|| named.first().copied()).map(KnownSender::There),
        Addressed::ByAnswers(named) => match (answered(), named.as_slice()) {
            (Some(gone @ KnownSender::Gone(_)), _) => Some(gone),
            (_, [only]) => Some(KnownSender::There(only)),
            (Some(known), _) => Some(known),
            (None, _) => likely(&named).map(KnownSender::There),
        },
        Addressed::None => None,
    };
    if named.is_some() {
        return named;
    }
    match message.account.as_ref().map(|id| (id, accounts.iter().find(|account| account.id == *id))) {
        Some((_, Some(own))) if is_of(own, channel) => Some(KnownSender::There(own)),
        Some((_, Some(_))) | None => answered(),
        Some((id, None)) => answered().or(Some(KnownSender::Gone(id))),
    }
}

/// The accounts that a message to an address or number reaches.
enum Addressed<'a> {
    None,
    /// They send from it. Those that are switched off are left out where another is on.
    Own(Vec<&'a Account>),
    /// Answers to their mails go to it.
    ByAnswers(Vec<&'a Account>),
}

fn addressed<'a>(accounts: &'a [Account], channel: Channel, to: &str) -> Addressed<'a> {
    let (own, by_answers): (Vec<_>, Vec<_>) = accounts
        .iter()
        .filter(|account| is_of(account, channel))
        .filter_map(|account| Some((account, reach(account, to)?)))
        .partition(|(_, reach)| *reach == Reach::Own);
    let plain = |named: Vec<(&'a Account, Reach)>| named.into_iter().map(|(account, _)| account);
    match (own.is_empty(), by_answers.is_empty()) {
        (true, true) => Addressed::None,
        (true, false) => Addressed::ByAnswers(plain(by_answers).collect()),
        (false, _) => {
            let (on, off): (Vec<_>, Vec<_>) = plain(own).partition(|account| account.enabled);
            Addressed::Own(if on.is_empty() { off } else { on })
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

/// How an address or number belongs to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The account sends from it.
    Own,
    /// Answers to the account's mails go to it. Other accounts may have the same.
    Answers,
}

/// How a message to this address or number reaches the account, if it does. Replies may carry a token before the `@`.
fn reach(account: &Account, to: &str) -> Option<Reach> {
    if let Some(number) = account.settings.number() {
        let same = |to: PhoneNumber| to.subscriber() == number.subscriber();
        return PhoneNumber::parse(to, None).is_ok_and(same).then_some(Reach::Own);
    }
    let mailbox = account.settings.mailbox()?;
    let without_token = || {
        let (local, domain) = to.rsplit_once('@')?;
        EmailAddress::parse(&format!("{}@{domain}", local.rsplit_once('+')?.0)).ok()
    };
    let meant = [EmailAddress::parse(to).ok(), without_token()];
    let is = |own: &EmailAddress| meant.iter().flatten().any(|address| address == own);
    if is(mailbox.address) {
        Some(Reach::Own)
    } else {
        mailbox.reply_to.is_some_and(is).then_some(Reach::Answers)
    }
}

/// Whether the lead may know the message: it went out, or nobody knows that it did not.
fn has_gone_out(message: &Message) -> bool {
    let may_have = matches!(message.state, MessageState::Uncertain | MessageState::Abandoned);
    message.direction == Direction::Out && (message.accepted_at.is_some() || may_have)
}

#[cfg(test)]
mod tests;
