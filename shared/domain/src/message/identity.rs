//! A mail's identity: the Message-ID we give, the subject of a thread, and which of our messages an answer belongs to.

use crate::contact::email_address::EmailAddress;
use crate::ids::MessageId;

/// The same message always has the same id, so that a retry is recognised as the same mail. No angle brackets.
pub fn internet_id(message: &MessageId, domain: &str) -> String {
    format!("{}@{}", token(message), domain.to_ascii_lowercase())
}

/// Ours again, from an id we gave; other systems' ids say nothing.
pub fn message_of(internet_id: &str) -> Option<MessageId> {
    message_of_token(internet_id.split('@').next()?)
}

/// Where an answer to this message comes back with its own name on it: `replies+<token>@…`. None where the address
/// would become too long.
pub fn reply_address(base: &EmailAddress, message: &MessageId) -> Option<EmailAddress> {
    EmailAddress::parse(&format!("{}+{}@{}", base.local_part(), token(message), base.domain())).ok()
}

fn token(message: &MessageId) -> String {
    message.as_str().trim_start_matches("msg_").to_ascii_lowercase()
}

fn message_of_token(token: &str) -> Option<MessageId> {
    MessageId::parse(&format!("msg_{}", token.trim().to_ascii_uppercase())).ok()
}

/// Words that mail programs of many languages put before a subject.
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

/// A subject without its `Re:`, `AW:`, `Fwd:` and kin, counted (`Re[2]:`) or not, spaced or not.
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

/// The subject of a follow-up in its thread: one `Re:`, however many there were.
pub fn reply_subject(subject: &str) -> String {
    format!("Re: {}", base_subject(subject))
}

/// Do two subjects belong to one thread?
pub fn same_subject(a: &str, b: &str) -> bool {
    let plain =
        |subject| base_subject(subject).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(a) == plain(b)
}

/// What of an inbound mail's headers tells whom it answers, decoded.
#[derive(Debug, Clone, Default)]
pub struct AnswerHeaders {
    /// `To`, `Cc`, `Delivered-To`, `X-Original-To` and the envelope's recipient: addresses only.
    pub recipients: Vec<String>,
    pub in_reply_to: String,
    pub references: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchRule {
    ReplyToken,
    InReplyTo,
    /// Some programs recycle old threads: counts only if the subject is the same (`same_subject`).
    Reference,
}

/// A message of ours that an inbound one may answer. The first that exists and whose rule holds is it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub rule: MatchRule,
    /// Known where the id is one that we gave.
    pub message: Option<MessageId>,
    /// Without angle brackets; empty for a token.
    pub internet_id: String,
}

/// Token first, then `In-Reply-To`, then `References`, newest first. Never the subject alone.
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

/// The ids of a header, with or without angle brackets.
pub fn ids(header: &str) -> Vec<String> {
    let separators = |c: char| c.is_whitespace() || c == '<' || c == '>' || c == ',';
    header.split(separators).filter(|id| id.contains('@') && id.len() <= 998).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
