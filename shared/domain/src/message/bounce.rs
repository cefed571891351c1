//! Classifies what came back: a mail server's answer or a delivery report becomes a class of failure. Repeated soft
//! bounces suppress the address for a while.

use crate::message::failure_class::FailureClass;
use jiff::{SignedDuration, Timestamp};

const SOFT_STEPS: usize = 3;
const SOFT_WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);
const SOFT_SUPPRESSED_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The end of a suppression for soft bounces: three in three different steps within 30 days suppress the address.
pub fn soft_suppression<S: AsRef<str>>(bounces: &[(S, Timestamp)], now: Timestamp) -> Option<Timestamp> {
    let mut steps: Vec<&str> = bounces
        .iter()
        .filter(|(_, at)| now.duration_since(*at) <= SOFT_WITHIN)
        .map(|(step, _)| step.as_ref())
        .collect();
    steps.sort_unstable();
    steps.dedup();
    if steps.len() >= SOFT_STEPS { now.checked_add(SOFT_SUPPRESSED_FOR).ok() } else { None }
}

/// An enhanced status code such as `5.1.1`: class, subject, detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnhancedCode(pub u16, pub u16, pub u16);

impl EnhancedCode {
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.').map(|part| {
            let plain = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| part.parse::<u16>().ok()).flatten()
        });
        let code = Self(parts.next()??, parts.next()??, parts.next()??);
        (parts.next().is_none() && matches!(code.0, 2 | 4 | 5)).then_some(code)
    }
}

/// The reply code and the enhanced code in a server's answer such as `550-5.1.1 No such user`.
pub fn codes_in(answer: &str) -> (Option<u16>, Option<EnhancedCode>) {
    let parts = || answer.split(|c: char| c.is_whitespace() || "-;:()[]<>,#".contains(c));
    let reply = parts().find_map(|part| {
        let code = part.parse::<u16>().ok().filter(|_| part.len() == 3)?;
        (400..600).contains(&code).then_some(code)
    });
    (reply, parts().find_map(EnhancedCode::parse))
}

/// The class of a bounce, from a server's answer or a delivery report. If the codes disagree the reply code wins.
pub fn classify(reply: Option<u16>, enhanced: Option<EnhancedCode>, answer: &str) -> FailureClass {
    use FailureClass::{
        AuthFailed, BlockedPolicy, BlockedReputation, Challenge, HardDomain, HardUnknownUser, SoftFull,
        SoftGreylist, SoftTemp, TooLarge, Unknown,
    };
    let text = answer.to_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    let class = reply.map(|code| code / 100).or(enhanced.map(|code| code.0));
    let Some(class) = class else { return by_wording(&text) };
    let permanent = class == 5;
    let (subject, detail) = enhanced.map_or((0, 0), |code| (code.1, code.2));

    if matches!((subject, detail), (2 | 5, 3) | (3, 4)) && subject != 5
        || says(&["message size exceeds", "message too large"])
    {
        return TooLarge;
    }
    if says(&["greylist", "graylist", "grey-list", "grey list"]) {
        return SoftGreylist;
    }
    // Limits on our sending that come as permanent answers.
    let our_limit = matches!((subject, detail), (4, 5) | (7, 508 | 700..=749) | (2, 121 | 122) | (1, 90));
    if our_limit
        || says(&["submission quota", "daily user sending", "sending limit exceeded", "too many messages"])
    {
        return SoftTemp;
    }
    if matches!((subject, detail), (7, 25..=27 | 29 | 30 | 32 | 509 | 515))
        || subject == 7 && says(&["unauthenticated", "dmarc", "spf ", "dkim"])
    {
        return AuthFailed;
    }
    if (subject, detail) == (2, 2)
        || says(&["mailbox full", "mailbox is full", "over quota", "quota exceeded", "out of storage"])
    {
        return SoftFull;
    }
    if !permanent {
        return SoftTemp;
    }
    if says(&["challenge", "confirm you are human", "verify that you are", "sender verification required"]) {
        return Challenge;
    }
    match (subject, detail) {
        (1, 1 | 3 | 6 | 10) | (2, 1) => HardUnknownUser,
        (1, 2) => HardDomain,
        (4, 1) if says(&["recipient"]) => HardUnknownUser,
        (4, 4) if says(&["domain", "host"]) => HardDomain,
        (1, 8) | (6, _) => BlockedPolicy,
        (7, 606..=649) => BlockedReputation,
        (7, _) if says(&REPUTATION) => BlockedReputation,
        (7, _) => BlockedPolicy,
        _ => match by_wording(&text) {
            Unknown if matches!(reply, Some(550)) && (subject, detail) == (5, 0) => HardUnknownUser,
            found => found,
        },
    }
}

const REPUTATION: [&str; 10] = [
    "reputation",
    "blacklist",
    "blocklist",
    "block list",
    "spamhaus",
    "banned",
    "s3150",
    "listed at",
    "rbl",
    "unsolicited",
];

fn by_wording(text: &str) -> FailureClass {
    let says = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    const NO_DOMAIN: [&str; 6] = [
        "domain not found",
        "host not found",
        "no such domain",
        "unrouteable address",
        "domain does not exist",
        "name or service not known",
    ];
    const NO_USER: [&str; 16] = [
        "user unknown",
        "unknown user",
        "no such user",
        "no such recipient",
        "does not exist",
        "doesn't exist",
        "doesn't have a",
        "mailbox not found",
        "mailbox is disabled",
        "mailbox unavailable",
        "recipient not found",
        "invalid recipient",
        "no mailbox here",
        "account is disabled",
        "address rejected: user",
        "not a valid mailbox",
    ];
    if says(&["spam", "policy", "blocked", "rejected for"]) {
        return if says(&REPUTATION) { FailureClass::BlockedReputation } else { FailureClass::BlockedPolicy };
    }
    if says(&REPUTATION) {
        FailureClass::BlockedReputation
    } else if says(&NO_DOMAIN) {
        FailureClass::HardDomain
    } else if says(&NO_USER) {
        FailureClass::HardUnknownUser
    } else {
        FailureClass::Unknown
    }
}

#[cfg(test)]
mod tests;
