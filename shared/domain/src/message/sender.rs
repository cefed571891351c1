//! The account that a message by hand leaves from: the mailbox or number that the lead wrote to, else the one that wrote to
//! the lead last. Any other is a user's choice.

use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::AccountId;
use crate::message::identity::ids as ids_of;
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

/// What is known of a lead's message about whom it was written to.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    pub channel: Channel,
    /// The address or number that it was written to.
    pub to: &'a str,
    /// The account that it came in by.
    pub account: Option<&'a AccountId>,
    /// Our message that it answers, where its own words or headers tell.
    pub answers: Option<&'a Message>,
}

/// Returns the account of ours that a lead with these messages knows on this channel; none if none of them tells.
pub fn known_sender<'a>(
    messages: &'a [Message],
    accounts: &'a [Account],
    channel: Channel,
) -> Option<KnownSender<'a>> {
    let said = Said::of(messages, channel);
    let came_in = said.0.iter().rfind(|message| is_own_word(message)).copied();
    let by_lead = came_in.and_then(|message| {
        let heard = Received {
            channel,
            to: &message.to,
            account: message.account.as_ref(),
            answers: message.in_reply_to.as_deref().and_then(|ids| said.named(&ids_of(ids))),
        };
        written_to(&heard, &said, accounts, message.wrote_to.as_ref())
    });
    by_lead.or_else(|| Some(standing(said.gone_out().find_map(|out| out.account.as_ref())?, &said, accounts)))
}

/// Returns the account that a lead with these messages writes to, as the message comes. It is stored with the message as
/// `wrote_to`: the account may be removed, and its address be another's, before the message is answered.
pub fn account_written_to(
    heard: &Received<'_>,
    messages: &[Message],
    accounts: &[Account],
) -> Option<AccountId> {
    let said = Said::of(messages, heard.channel);
    written_to(heard, &said, accounts, None).map(|known| match known {
        KnownSender::There(account) => account.id.clone(),
        KnownSender::Gone(id) => id.clone(),
    })
}

/// Returns the recipient of a mail that tells which mailbox it was written to: the first that is the own address of an
/// account, else the first that answers to one go to, else the first of all.
pub fn address_written_to<'a>(accounts: &[Account], recipients: &'a [String]) -> Option<&'a str> {
    let mailboxes: Vec<&Account> = accounts.iter().filter(|account| is_of(account, Channel::Email)).collect();
    let reached = |to: &&String| mailboxes.iter().filter_map(|account| reach(account, to)).max();
    let reaches: Vec<Option<Reach>> = recipients.iter().map(|to| reached(&to)).collect();
    let first = |wanted: Reach| reaches.iter().position(|reach| *reach == Some(wanted));
    let decides = first(Reach::Own).or_else(|| first(Reach::Answers)).unwrap_or(0);
    recipients.get(decides).map(String::as_str)
}

/// The messages with a lead on one channel, the oldest first.
struct Said<'a>(Vec<&'a Message>, Channel);

impl<'a> Said<'a> {
    fn of(messages: &'a [Message], channel: Channel) -> Self {
        let of_channel = |message: &&Message| message.channel == channel && !message.test;
        let mut said: Vec<&Message> = messages.iter().filter(of_channel).collect();
        said.sort_by_key(|message| (message.created_at, &message.id));
        Self(said, channel)
    }

    /// Our messages that the lead may know, the newest first.
    fn gone_out(&self) -> impl Iterator<Item = &'a Message> + '_ {
        self.0.iter().rev().copied().filter(|message| has_gone_out(message))
    }

    /// Our message with one of these Message-IDs.
    fn named(&self, ids: &[String]) -> Option<&'a Message> {
        let is_it = |out: &&Message| out.internet_id.as_ref().is_some_and(|id| ids.contains(id));
        self.0.iter().copied().filter(|out| out.direction == Direction::Out).find(is_it)
    }
}

/// Whether the lead wrote the message. An absence note or a bounce comes from a machine, and tells nothing about whom the
/// lead writes to. A message that was not understood yet counts.
fn is_own_word(message: &Message) -> bool {
    let is_written = |kind: ReplyKind| kind.is_answer() || kind == ReplyKind::OptOut;
    message.direction == Direction::In && message.reply_kind().is_none_or(is_written)
}

/// Returns the account that the lead wrote to: the one with the address or number that the message names, else the one
/// that was `stored` as the message came, else the one that it came in by, else the one that sent the mail that it answers.
/// One that took it in for others, such as a webhook of inbound mail, sends nothing. An address to which answers go names no
/// mailbox where another's mail is answered, since that one may have had it before, nor where several have it: then the one
/// that the message came in by counts, else the one of them that wrote last.
fn written_to<'a>(
    heard: &Received<'a>,
    said: &Said<'a>,
    accounts: &'a [Account],
    stored: Option<&'a AccountId>,
) -> Option<KnownSender<'a>> {
    let channel = heard.channel;
    let answered = || Some(standing(heard.answers?.account.as_ref()?, said, accounts));
    let likely = |named: &[&'a Account]| {
        let among = |id: &AccountId| named.iter().copied().find(|account| account.id == *id);
        let came_by = || heard.account.and_then(among);
        let wrote_last = || said.gone_out().find_map(|out| among(out.account.as_ref()?));
        stored.and_then(among).or_else(came_by).or_else(wrote_last)
    };
    let named = match (addressed(accounts, channel, heard.to), stored) {
        // All of them write from this address: to the lead they are one.
        (Addressed::Own(named), _) => {
            likely(&named).or_else(|| named.first().copied()).map(KnownSender::There)
        }
        (_, Some(stored)) => Some(standing(stored, said, accounts)),
        (Addressed::ByAnswers(named), None) => answered().or_else(|| match named.as_slice() {
            [only] => Some(KnownSender::There(only)),
            _ => likely(&named).map(KnownSender::There),
        }),
        (Addressed::None, None) => None,
    };
    if named.is_some() {
        return named;
    }
    match heard.account.map(|id| (id, accounts.iter().find(|account| account.id == *id))) {
        Some((_, Some(own))) if is_of(own, channel) => Some(KnownSender::There(own)),
        Some((_, Some(_))) | None => answered(),
        Some((id, None)) => answered().or_else(|| Some(standing(id, said, accounts))),
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

/// Returns the account that was connected in the place of a removed one, with the address or number from which that one has
/// written to the lead.
pub fn connected_anew<'a>(
    removed: &'a AccountId,
    messages: &'a [Message],
    accounts: &'a [Account],
    channel: Channel,
) -> Option<&'a Account> {
    match standing(removed, &Said::of(messages, channel), accounts) {
        KnownSender::There(account) => Some(account),
        KnownSender::Gone(_) => None,
    }
}

/// Finds the account. One that was removed and connected anew is there under another id: it has the address or number from
/// which the former one wrote.
fn standing<'a>(id: &'a AccountId, said: &Said<'a>, accounts: &'a [Account]) -> KnownSender<'a> {
    let channel = said.1;
    let there = accounts.iter().find(|account| account.id == *id && is_of(account, channel));
    let anew = || {
        let mut theirs = said.0.iter().rev().filter(|message| message.account.as_ref() == Some(id));
        let wrote = theirs.find(|message| message.direction == Direction::Out && !message.from.is_empty())?;
        // A mail's names the sender, too: `Ben <ben@northquay.example>`.
        let address =
            wrote.from.rsplit_once('<').map_or(&*wrote.from, |(_, rest)| rest.trim_end_matches('>'));
        match addressed(accounts, channel, address) {
            Addressed::Own(named) => named.first().copied(),
            Addressed::ByAnswers(_) | Addressed::None => None,
        }
    };
    there.or_else(anew).map_or(KnownSender::Gone(id), KnownSender::There)
}

fn is_of(account: &Account, channel: Channel) -> bool {
    AccountKind::of_channel(channel).contains(&account.settings.kind())
}

/// How an address or number belongs to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Answers to the account's mails go to it. Other accounts may have the same.
    Answers,
    /// The account sends from it.
    Own,
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
