//! The identity of mails: the Message-ID we give, the subject of a thread, and which of our messages a reply belongs to.

use crate::contact::email_address::EmailAddress;
use crate::ids::MessageId;

/// The Message-ID of a message, without angle brackets. It is always the same, so that a retry is recognised
/// as the same mail.
pub fn internet_id(message: &MessageId, domain: &str) -> String {
    format!("{}@{}", token(message), domain.to_ascii_lowercase())
}

/// The message whose Message-ID this is; none for ids that other systems gave.
pub fn message_of(internet_id: &str) -> Option<MessageId> {
    message_of_token(internet_id.split('@').next()?)
}

/// The address to which replies to this message come: `replies+<token>@…`. None if it would become too long.
pub fn reply_address(base: &EmailAddress, message: &MessageId) -> Option<EmailAddress> {
    EmailAddress::parse(&format!("{}+{}@{}", base.local_part(), token(message), base.domain())).ok()
}

fn token(message: &MessageId) -> String {
    message.as_str().trim_start_matches("msg_").to_ascii_lowercase()
}

fn message_of_token(token: &str) -> Option<MessageId> {
    MessageId::parse(&format!("msg_{}", token.trim().to_ascii_uppercase())).ok()
}

/// Prefixes that mail programs in many languages put before a subject.
const PREFIXES: [&str; 44] = [
    "re",
    "aw",
    "sv",
    "antw",
    "antwort",
    "vs",
    "rv",
    "wg",
    "fw",
    "fwd",
    "tr",
    "rif",
    "ref",
    "r",
    "i",
    "inoltro",
    "res",
    "enc",
    "odp",
    "pd",
    "vá",
    "továbbítás",
    "ynt",
    "ilt",
    "doorst",
    "vl",
    "ang",
    "vb",
    "vid",
    "bls",
    "trs",
    "ηπ",
    "απ",
    "σχετ",
    "πρθ",
    "ha",
    "отв",
    "пер",
    "на",
    "回复",
    "转发",
    "答复",
    "返信",
    "回覆",
];

/// The subject without `Re:`, `AW:`, `Fwd:` and the like, counted (`Re[2]:`) or not, spaced or not.
pub fn base_subject(subject: &str) -> &str {
    let mut rest = subject.trim();
    loop {
        let Some(colon) = rest.find([':', '：']) else { return rest };
        let word = rest[..colon].trim();
        let word = word.strip_suffix(']').and_then(|w| w.split_once('[')).map_or(word, |(w, _)| w).trim();
        let word = word.strip_suffix(')').and_then(|w| w.split_once('(')).map_or(word, |(w, _)| w).trim();
        if !PREFIXES.contains(&word.to_lowercase().as_str()) {
            return rest;
        }
        let width = rest[colon..].chars().next().map_or(1, char::len_utf8);
        rest = rest[colon + width..].trim_start();
    }
}

/// The subject of a follow-up in its thread: a single `Re:`, however many there were.
pub fn reply_subject(subject: &str) -> String {
    format!("Re: {}", base_subject(subject))
}

/// Whether two subjects belong to one thread.
pub fn same_subject(a: &str, b: &str) -> bool {
    let plain =
        |subject| base_subject(subject).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(a) == plain(b)
}

/// The decoded headers of an inbound mail that tell which message it replies to.
#[derive(Debug, Clone, Default)]
pub struct AnswerHeaders {
    /// The addresses in `To`, `Cc`, `Delivered-To`, `X-Original-To` and the envelope.
    pub recipients: Vec<String>,
    pub in_reply_to: String,
    pub references: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchRule {
    ReplyToken,
    InReplyTo,
    /// An older message in the thread. Some programs reuse old threads, so the subject must match too (`same_subject`).
    Reference,
}

/// A message of ours that an inbound one may reply to. The first that exists and whose rule holds is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub rule: MatchRule,
    /// Known if the id is one that we gave.
    pub message: Option<MessageId>,
    /// The Message-ID without angle brackets; empty for a token.
    pub internet_id: String,
}

/// The candidates: reply token first, then `In-Reply-To`, then `References`, newest first; never by the subject alone.
pub fn candidates(headers: &AnswerHeaders) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for address in &headers.recipients {
        let local = address.rsplit_once('@').map_or("", |(local, _)| local);
        if let Some(message) = local.rsplit_once('+').and_then(|(_, token)| message_of_token(token)) {
            push(&mut found, MatchRule::ReplyToken, Some(message), String::new());
        }
    }
    for id in ids(&headers.in_reply_to) {
        push(&mut found, MatchRule::InReplyTo, message_of(&id), id);
    }
    for id in ids(&headers.references).into_iter().rev().take(50) {
        push(&mut found, MatchRule::Reference, message_of(&id), id);
    }
    found
}

fn push(found: &mut Vec<Candidate>, rule: MatchRule, message: Option<MessageId>, internet_id: String) {
    let same = |c: &Candidate| match &message {
        Some(message) => c.message.as_ref() == Some(message),
        None => c.internet_id == internet_id,
    };
    if !found.iter().any(same) {
        found.push(Candidate { rule, message, internet_id });
    }
}

/// The ids in a header, with or without angle brackets.
pub fn ids(header: &str) -> Vec<String> {
    let separators = |c: char| c.is_whitespace() || c == '<' || c == '>' || c == ',';
    header.split(separators).filter(|id| id.contains('@') && id.len() <= 998).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
